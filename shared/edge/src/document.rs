//! A document as bodies name it: what it is, and its file's digest.

use crate::reader::Object;
use domain::country::DocumentKind;
use domain::ids::FileDigest;

/// How many one request puts on file at most.
pub const MAX_DOCUMENTS: usize = 10;

/// Reads a document's kind and digest; an error is noted at its field.
pub fn document(body: &Object<'_>) -> Option<(DocumentKind, FileDigest)> {
    let (kind, sha256) =
        (body.text("kind", DocumentKind::parse), body.text("sha256", FileDigest::parse));
    Some((kind?, sha256?))
}
