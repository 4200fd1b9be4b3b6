//! The only place that opens a connection.

use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::client::{Clock, Method, Request, Response, Transport};

/// GitHub ends requests that take more than ten seconds.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A reply that is larger is none of the API's.
const LARGEST_REPLY: u64 = 32 << 20;

/// Connections over TLS, or without it to this machine.
pub struct Https(Agent);

impl Https {
    /// Without any connection yet. `certificates` names a file of authorities that take the place of the usual ones, as companies have them.
    pub fn new(certificates: Option<&str>) -> Self {
        let tls = TlsConfig::builder().root_certs(authorities(certificates)).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Followed by who knows where the token may go.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("migralint/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Self(config.new_agent())
    }
}

/// The authorities of a file instead of the usual ones.
fn authorities(file: Option<&str>) -> RootCerts {
    let certificates = || -> Option<Vec<Certificate<'static>>> {
        let text = std::fs::read(file?).ok()?;
        let found = parse_pem(&text).filter_map(Result::ok);
        Some(
            found
                .filter_map(|item| if let PemItem::Certificate(certificate) = item { Some(certificate.to_owned()) } else { None })
                .collect(),
        )
    };
    match certificates().filter(|found| !found.is_empty()) {
        Some(found) => RootCerts::from(found.into_iter()),
        None => RootCerts::WebPki,
    }
}

impl Transport for Https {
    fn send(&self, request: &Request) -> Result<Response, String> {
        let prepared = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("authorization", request.token.authorization());
        let described = |error: &dyn std::fmt::Display| error.to_string();
        let reply = match (&request.body, request.method) {
            (Some(body), _) => {
                let prepared =
                    prepared.header("content-type", "application/json").body(body.as_str()).map_err(|error| described(&error))?;
                self.0.run(prepared)
            }
            (None, Method::Get | Method::Delete) => self.0.run(prepared.body(()).map_err(|error| described(&error))?),
            (None, _) => self.0.run(prepared.body("").map_err(|error| described(&error))?),
        };
        let reply = reply.map_err(|error| described(&error))?;
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = reply.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let status = reply.status().as_u16();
        let mut body = Vec::new();
        reply.into_body().into_reader().take(LARGEST_REPLY).read_to_end(&mut body).map_err(|error| described(&error))?;
        Ok(Response { status, headers, body })
    }
}

/// The machine's own clock.
pub struct RealTime;

impl Clock for RealTime {
    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
