//! A TLS endpoint as AWS has them: an RSA-2048 certificate, issued by a root that the measured
//! process is told of.

use anyhow::Result;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tools::process::run;

/// An endpoint's settings.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    root: PathBuf,
}

impl Tls {
    /// Makes root, key and certificate with openssl.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let path = |name: &str| folder.join(name);
        let (root, key, certificate) = (path("root.pem"), path("key.pem"), path("certificate.pem"));
        let issue = |subject: &str, key: &Path, out: &Path| {
            let mut command = Command::new("openssl");
            command.args([
                "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", subject,
            ]);
            command.arg("-keyout").arg(key).arg("-out").arg(out);
            command
        };
        run(&mut issue("/CN=Root of the benchmarks", &path("root-key.pem"), &root))?;
        let mut leaf = issue("/CN=localhost", &key, &certificate);
        leaf.arg("-CA").arg(&root).arg("-CAkey").arg(path("root-key.pem"));
        leaf.args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ]);
        run(&mut leaf)?;
        let chain = CertificateDer::pem_file_iter(&certificate)?.collect::<Result<Vec<_>, _>>()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?;
        let config = config
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_file(&key)?)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), root })
    }

    /// For a server.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The root's file.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}
