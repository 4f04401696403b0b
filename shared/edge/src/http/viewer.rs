//! Where a request came from. In production a distribution stands before the API
//! (`infra/edge.yaml`): the connection is the distribution's, and the viewer's address stands in a
//! header, which anybody could send. It counts only beside the secret that the distribution adds.

use http::HeaderMap;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The viewer's address and port, as `CloudFront` writes it: `198.51.100.10:46532`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html>).
const ADDRESS: &str = "cloudfront-viewer-address";
/// The secret that the distribution adds to each request.
const SECRET: &str = "x-origin-secret";

/// The secret's SHA-256 in hex digits. The functions' settings hold no secret.
static TRUSTED: OnceLock<String> = OnceLock::new();

/// From now on the viewer's address is taken from a request that has the secret of this digest.
/// Without a digest nothing stands before the API.
pub fn trust_origin(digest: Option<String>) {
    if let Some(digest) = digest {
        // The first counts: a process has one.
        let _ = TRUSTED.set(digest);
    }
}

/// Where it came from: what the trusted header says, else the connection's address.
pub(super) fn address<'a>(headers: &'a HeaderMap, connection: &'a str) -> &'a str {
    TRUSTED.get().and_then(|digest| viewer(headers, digest)).unwrap_or(connection)
}

fn viewer<'a>(headers: &'a HeaderMap, digest: &str) -> Option<&'a str> {
    let secret = Sha256::digest(headers.get(SECRET)?.as_bytes());
    if format!("{secret:x}") != digest {
        return None;
    }
    headers.get(ADDRESS)?.to_str().ok()?.rsplit_once(':').map(|(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-256 of `sesame`.
    const DIGEST: &str = "d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_viewer_s_address_counts_beside_the_secret_alone() {
        let claims = (ADDRESS, "198.51.100.10:46532");
        assert_eq!(viewer(&headers(&[claims]), DIGEST), None);
        assert_eq!(viewer(&headers(&[claims, (SECRET, "guess")]), DIGEST), None);
        assert_eq!(viewer(&headers(&[claims, (SECRET, DIGEST)]), DIGEST), None);
        let through = headers(&[claims, (SECRET, "sesame")]);
        assert_eq!(viewer(&through, DIGEST), Some("198.51.100.10"));
        let newer = headers(&[(ADDRESS, "2001:db8:1:2::9:46532"), (SECRET, "sesame")]);
        assert_eq!(viewer(&newer, DIGEST), Some("2001:db8:1:2::9"));
        assert_eq!(viewer(&headers(&[(SECRET, "sesame")]), DIGEST), None);
    }
}
