class V3__Hash {}
