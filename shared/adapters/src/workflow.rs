//! Step Functions: starts a sale's execution, and wakes it.

use crate::aws::{Aws, Client, Protocol, Service};
use crate::log;
use domain::SaleId;
use domain::ports::{NotDelivered, TaskToken, Workflow};
use serde_json::json;

const STEP_FUNCTIONS: Service = Service {
    host: "states",
    signed_as: "states",
    protocol: Protocol::Json { target: "AWSStepFunctions", content_type: "application/x-amz-json-1.0" },
};

/// Spent, timed out, or of an execution that is over: the workflow has gone on by itself.
const GONE_ON: [&str; 3] = ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"];

/// The sale's state machine.
#[derive(Debug, Clone)]
pub struct StepFunctions {
    client: Client,
    state_machine_arn: String,
}

impl StepFunctions {
    /// The state machine of this ARN.
    pub fn new(aws: &Aws, state_machine_arn: String) -> Self {
        Self { client: aws.client(&STEP_FUNCTIONS), state_machine_arn }
    }
}

impl Workflow for StepFunctions {
    /// The execution's name is the sale's id, so that a second start finds the first.
    async fn start(&self, sale: SaleId) -> Result<(), NotDelivered> {
        let input = json!({ "sale_id": sale }).to_string();
        let start = json!({ "stateMachineArn": self.state_machine_arn, "name": sale.to_string(), "input": input });
        match self.client.call("StartExecution", &start).await {
            Err(fault) if !fault.is("ExecutionAlreadyExists") => {
                log::aws("StartExecution", &fault);
                Err(NotDelivered)
            }
            _ => Ok(()),
        }
    }

    async fn resume(&self, token: &TaskToken) -> Result<(), NotDelivered> {
        match self.client.call("SendTaskSuccess", &json!({ "taskToken": token.0, "output": "{}" })).await {
            Err(fault) if !GONE_ON.iter().any(|code| fault.is(code)) => {
                log::aws("SendTaskSuccess", &fault);
                Err(NotDelivered)
            }
            _ => Ok(()),
        }
    }
}
