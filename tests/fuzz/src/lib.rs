//! Every parser of outside bytes, under inputs that nobody means well with: texts and bodies that
//! are nearly right, and bytes that are nothing. No input panics, none is answered as a fault of
//! ours, and what is taken in reads back the same.

mod inputs;
mod targets;

pub use targets::{TARGETS, Target};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// What one target came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The target.
    pub target: &'static str,
    /// The smallest input that was found, as bytes.
    pub input: Vec<u8>,
    /// What is wrong with it.
    pub fault: String,
}

/// Feeds a target with `inputs` inputs; the same seed, the same inputs.
pub fn run(target: &Target, inputs: u32, seed: u64) -> Result<(), Box<Finding>> {
    let config = Config {
        cases: inputs,
        failure_persistence: None,
        max_shrink_iters: 10_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(seed.to_le_bytes().iter().cycle()) {
        *place = *byte;
    }
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&inputs::near(target.seeds), |input| {
        (target.run)(&input).map_err(TestCaseError::fail)
    });
    outcome.map_err(|fault| {
        let (input, fault) = match fault {
            TestError::Fail(why, input) => (input, why.message().to_owned()),
            TestError::Abort(why) => (Vec::new(), why.message().to_owned()),
        };
        Box::new(Finding { target: target.name, input, fault })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few of the inputs that `cargo xtask fuzz` makes by the million.
    #[test]
    fn no_input_is_a_fault_of_ours() {
        let findings: Vec<_> =
            TARGETS.iter().filter_map(|target| run(target, 300, 7).err()).collect();
        assert!(findings.is_empty(), "{findings:#?}");
    }

    /// Protects the fuzzing: what it starts from is taken in, so that what is near it reaches the
    /// parsers' depths.
    #[test]
    fn seeds_are_good_inputs() {
        for target in TARGETS {
            for seed in target.seeds {
                assert_eq!((target.run)(seed.as_bytes()), Ok(()), "{}", target.name);
            }
        }
    }

    #[test]
    fn what_panics_is_found_and_made_small() {
        let fragile = |input: &[u8]| {
            assert!(input.len() < 40, "too long");
            Ok(())
        };
        let fragile =
            Target { name: "fragile", seeds: &["a text of some thirty characters"], run: fragile };
        let finding = run(&fragile, 10_000, 7).unwrap_err();
        assert_eq!((finding.target, finding.input.len()), ("fragile", 40));
    }
}
