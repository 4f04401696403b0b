//! Which crate may reach which, and what none may.

use crate::files::{list, no_faults, root, rust_files, text, values};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What each crate of the workspace may use of the others. A crate that isn't here has to be put
/// here first.
const MAY_USE: [(&str, &[&str]); 23] = [
    ("domain", &[]),
    ("mail", &["domain"]),
    ("paper", &[]),
    ("people", &["domain"]),
    ("adapters", &["domain", "mail"]),
    ("edge", &["domain"]),
    ("wiring", &["adapters", "domain", "edge"]),
    ("web", &["domain", "edge"]),
    // It speaks over the client that partners have.
    ("oidc", &["adapters", "domain"]),
    ("testkit", &["domain"]),
    ("proxy", &[]),
    ("partners", &[]),
    ("tools", &[]),
    ("gateway", &[]),
    ("stack", &["proxy", "tools"]),
    ("bench", &["proxy", "stack", "tools"]),
    ("dashboards", &["proxy", "stack", "tools"]),
    // It builds and starts the two above; to use them would be to wait for them.
    ("xtask", &["tools"]),
    ("ops", &["adapters", "domain"]),
    ("end-to-end", &["adapters", "domain", "edge", "proxy", "stack", "testkit", "tools"]),
    // And the functions, whose handlers these call.
    ("local-functions", &["domain", "edge", "oidc", "wiring"]),
    ("fuzz", &["domain", "edge", "paper", "people", "testkit"]),
    ("load", &["adapters", "domain", "edge", "testkit"]),
];

/// What each function may use of the other crates.
const A_FUNCTION_MAY_USE: [&str; 3] = ["domain", "edge", "wiring"];
/// What those functions may use that capture a customer's data: phone metadata are in no other.
const A_DESK_MAY_USE: [&str; 4] = ["domain", "edge", "people", "wiring"];
/// The functions that capture a customer's data.
const DESKS: [&str; 2] = ["correct-customer", "register-sale"];
/// What the portal may use: it writes money and dates as the mails do, and receipts on paper.
const THE_PORTAL_MAY_USE: [&str; 6] = ["domain", "edge", "mail", "paper", "web", "wiring"];
/// What the desk may use: words and pages as the portal, the issuer's log-in, and the operations
/// themselves.
const THE_DESK_MAY_USE: [&str; 6] = ["domain", "edge", "mail", "oidc", "web", "wiring"];

/// Protects the direction of the dependencies: decisions know nothing of what carries them out.
#[test]
fn crates_use_only_the_crates_that_the_table_lists() -> Result<()> {
    let crates = Crates::read()?;
    let table = BTreeMap::from(MAY_USE);
    let mut faults = Vec::new();
    for (name, id) in &crates.members {
        let allowed = if name == "portal" {
            Some(THE_PORTAL_MAY_USE.as_slice())
        } else if name == "desk" {
            Some(THE_DESK_MAY_USE.as_slice())
        } else if DESKS.contains(&name.as_str()) {
            Some(A_DESK_MAY_USE.as_slice())
        } else if crates.functions.contains(name) {
            Some(A_FUNCTION_MAY_USE.as_slice())
        } else {
            table.get(&**name).copied()
        };
        let Some(allowed) = allowed else {
            faults.push(format!("{name} is not in the table of what each crate may use"));
            continue;
        };
        let calls = |used: &str| {
            ["desk", "fuzz", "load", "local-functions"].contains(&&**name)
                && crates.functions.contains(used)
        };
        let used = crates.uses(id).filter(|used| {
            crates.members.contains_key(*used) && !allowed.contains(used) && !calls(used)
        });
        faults.extend(used.map(|used| format!("{name} must not use {used}")));
    }
    faults.extend(
        MAY_USE
            .iter()
            .filter(|(name, _)| !crates.members.contains_key(*name))
            .map(|(name, _)| format!("{name} is no crate")),
    );
    no_faults(faults)
}

/// Protects the domain's and the mails' tests and simulation from time, network and cloud: they run
/// in memory.
#[test]
fn domain_and_mail_reach_no_cloud_no_network_and_no_runtime() -> Result<()> {
    let crates = Crates::read()?;
    let outside = |name: &str| {
        let io =
            ["tokio", "reqwest", "hyper", "http", "axum", "rustls", "adapters", "edge", "wiring"];
        io.contains(&name)
            || name.starts_with("aws-")
            || name.starts_with("lambda")
            || name.starts_with("aws_lambda")
    };
    no_faults([crates.forbidden("domain", outside)?, crates.forbidden("mail", outside)?].concat())
}

/// Protects each of the two from the other's changes, and both from test code: only the wiring
/// joins them.
#[test]
fn edge_and_adapters_do_not_reach_each_other_nor_the_testkit() -> Result<()> {
    let crates = Crates::read()?;
    let of_edge = crates
        .forbidden("edge", |name| ["adapters", "mail", "wiring", "testkit"].contains(&name))?;
    let of_adapters =
        crates.forbidden("adapters", |name| ["edge", "wiring", "testkit"].contains(&name))?;
    no_faults([of_edge, of_adapters].concat())
}

/// Protects the bootstraps' size and start-up: no fakes, no tools' libraries, ring as the only
/// library for TLS, and no search for credentials or roots that Lambda has put into the
/// environment.
#[test]
fn functions_reach_no_fakes_no_tools_and_no_second_crypto_library() -> Result<()> {
    let crates = Crates::read()?;
    let unwanted = [
        "testkit",
        "axum",
        "clap",
        "aws-config",
        "aws-lc-rs",
        "aws-lc-sys",
        "native-tls",
        "openssl-sys",
    ];
    let mut faults = Vec::new();
    for function in &crates.functions {
        faults.extend(crates.forbidden(function, |name| unwanted.contains(&name))?);
    }
    no_faults(faults)
}

/// What the owner named, and the functions that carry each of them between them.
const PACKAGES_OF_THE_OWNER: [&str; 9] = [
    "aws-sdk-dynamodb",
    "aws-sdk-sesv2",
    "aws-sdk-sfn",
    "aws-sdk-sqs",
    "lambda_http",
    "lambda_runtime",
    "reqwest",
    "serde",
    "tokio",
];

/// Protects whoever keeps the code: what the field's libraries carry isn't written here again.
#[test]
fn functions_stand_on_the_packages_that_the_owner_named() -> Result<()> {
    let crates = Crates::read()?;
    let mut faults = Vec::new();
    for function in ["register-sale", "pay-signal", "send-notification", "relay-events"] {
        for package in PACKAGES_OF_THE_OWNER {
            let ways = crates.forbidden(function, |name| name == package)?;
            faults
                .extend(ways.is_empty().then(|| format!("{function} doesn't stand on {package}")));
        }
    }
    no_faults(faults)
}

/// Where clients are made: the one file that may speak of sockets and TLS.
const CLIENTS: &str = "shared/adapters/src/clients.rs";

/// Protects the same from the other side: no socket, TLS or request signature of our own.
#[test]
fn sockets_tls_and_signatures_of_requests_are_in_one_file() -> Result<()> {
    let ours = [
        "hyper::",
        "hyper_util",
        "rustls::",
        "ring::",
        "TcpStream",
        "UdpSocket",
        "tokio::net",
        "AWS4-HMAC",
    ];
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for folder in ["functions", "shared"] {
        rust_files(&root().join(folder), &mut files)?;
    }
    for file in files {
        let path = file.strip_prefix(root())?.to_string_lossy().into_owned();
        let is_test = path.contains("/tests/") || path.ends_with("tests.rs");
        if path == CLIENTS || is_test {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        // A whole word: `wiring::` is another thing.
        let has = |name: &str| {
            text.match_indices(name).any(|(at, _)| {
                let before = text.get(..at).and_then(|before| before.chars().next_back());
                before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
            })
        };
        let written = ours.iter().filter(|name| has(name));
        faults.extend(written.map(|name| format!("{path} has {name}")));
    }
    no_faults(faults)
}

/// The workspace's crates and what they use on Lambda, development dependencies left out.
struct Crates {
    /// Ids by name, of the workspace's own crates.
    members: BTreeMap<String, String>,
    /// Names of the crates in `functions`.
    functions: BTreeSet<String>,
    /// Names by id.
    names: BTreeMap<String, String>,
    /// Ids by id.
    edges: BTreeMap<String, Vec<String>>,
}

impl Crates {
    fn read() -> Result<Self> {
        let arguments = [
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "aarch64-unknown-linux-gnu",
        ];
        let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output()?;
        ensure!(
            output.status.success(),
            "run `cargo fetch --locked` first: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let mut crates = Self {
            members: BTreeMap::new(),
            functions: BTreeSet::new(),
            names: BTreeMap::new(),
            edges: BTreeMap::new(),
        };
        let members = values(metadata.get("workspace_members"));
        for package in list(&metadata, "/packages")? {
            let (name, id) = (text(package, "/name")?, text(package, "/id")?);
            crates.names.insert(id.to_owned(), name.to_owned());
            if members.contains(&id) {
                crates.members.insert(name.to_owned(), id.to_owned());
                let folder = Path::new(text(package, "/manifest_path")?)
                    .ancestors()
                    .nth(2)
                    .and_then(Path::file_name);
                crates
                    .functions
                    .extend((folder == Some("functions".as_ref())).then(|| name.to_owned()));
            }
        }
        for node in list(&metadata, "/resolve/nodes")? {
            let used = list(node, "/deps")?.iter().filter(|used| {
                let kinds = used.get("dep_kinds").and_then(Value::as_array);
                kinds.is_some_and(|kinds| {
                    kinds.iter().any(|kind| kind.get("kind") == Some(&Value::Null))
                })
            });
            let used =
                used.map(|used| Ok(text(used, "/pkg")?.to_owned())).collect::<Result<_>>()?;
            crates.edges.insert(text(node, "/id")?.to_owned(), used);
        }
        ensure!(!crates.functions.is_empty(), "the workspace has no function");
        Ok(crates)
    }

    fn id(&self, name: &str) -> Result<&str> {
        self.members.get(name).map(String::as_str).with_context(|| format!("{name} is no crate"))
    }

    /// What a crate itself names.
    fn uses<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a str> {
        self.edges
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|used| Some(self.names.get(used)?.as_str()))
    }

    /// The forbidden crates that a crate reaches, each with the way to it.
    fn forbidden(&self, from: &str, forbidden: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut open = VecDeque::from([(self.id(from)?, from.to_owned())]);
        let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
        while let Some((id, way)) = open.pop_front() {
            for used in
                self.edges.get(id).into_iter().flatten().filter(|used| seen.insert(used.as_str()))
            {
                let name = self.names.get(used).with_context(|| format!("{used} has no name"))?;
                let way = format!("{way} -> {name}");
                faults.extend(
                    forbidden(name).then(|| format!("{from} must not reach {name}: {way}")),
                );
                open.push_back((used, way));
            }
        }
        Ok(faults)
    }
}
