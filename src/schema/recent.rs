//! A small cache of values made lately, so that the same ones are kept once.

use std::cell::RefCell;
use std::thread::LocalKey;

/// Values by a text each; a new one takes the place of an old one that falls into the same slot.
pub(super) struct Recent<T>(RefCell<Box<[Option<T>]>>);

/// A power of two; two thousand names are those of a few hundred tables.
const SLOTS: usize = 2048;

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(RefCell::new((0..SLOTS).map(|_| None).collect()))
    }
}

/// The value that a thread has under this text, where `is_same` says that it is the one looked for.
pub(super) fn recall<T: Clone>(recent: &'static LocalKey<Recent<T>>, text: &str, is_same: impl Fn(&T) -> bool) -> Option<T> {
    // A thread that ends has none left.
    recent.try_with(|recent| recent.0.borrow().get(slot(text))?.as_ref().filter(|value| is_same(value)).cloned()).ok()?
}

/// Keeps a value under a text, and gives it back.
pub(super) fn remember<T: Clone>(recent: &'static LocalKey<Recent<T>>, text: &str, value: T) -> T {
    let put = |recent: &Recent<T>| {
        if let Some(place) = recent.0.borrow_mut().get_mut(slot(text)) {
            *place = Some(value.clone());
        }
    };
    let _ = recent.try_with(put);
    value
}

/// By FNV-1a, which is quick for short texts.
fn slot(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 16)) as usize % SLOTS
}
