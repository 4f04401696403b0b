//! Where things are.

use std::path::{Path, PathBuf};

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .components()
        .collect::<PathBuf>()
        .canonicalize()
        .unwrap_or_default()
}

/// What the local run keeps, outside version control.
pub fn local() -> PathBuf {
    root().join(".local")
}
