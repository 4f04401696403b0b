//! Step Functions: starts a sale's execution, and wakes it.

use crate::aws::Aws;
use crate::log;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use domain::SaleId;
use domain::ports::{NotDelivered, TaskToken, Workflow};

/// The sale's state machine.
#[derive(Debug, Clone)]
pub struct StepFunctions {
    client: Client,
    state_machine_arn: String,
}

impl StepFunctions {
    /// The state machine of this ARN.
    pub fn new(aws: &Aws, state_machine_arn: String) -> Self {
        Self { client: Client::new(aws.config()), state_machine_arn }
    }
}

impl Workflow for StepFunctions {
    /// The execution's name is the sale's id, so that a second start finds the first.
    async fn start(&self, sale: SaleId) -> Result<(), NotDelivered> {
        let input = serde_json::json!({ "sale_id": sale }).to_string();
        let call = self.client.start_execution().state_machine_arn(&self.state_machine_arn);
        match call.name(sale.to_string()).input(input).send().await {
            Ok(_) => Ok(()),
            Err(fault) if fault.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists) => Ok(()),
            Err(fault) => {
                log::aws("StartExecution", &fault);
                Err(NotDelivered)
            }
        }
    }

    async fn resume(&self, token: &TaskToken) -> Result<(), NotDelivered> {
        let Err(fault) = self.client.send_task_success().task_token(&token.0).output("{}").send().await else { return Ok(()) };
        // Spent, timed out, or of an execution that is over: the workflow has gone on by itself.
        if fault
            .as_service_error()
            .is_some_and(|fault| fault.is_task_timed_out() || fault.is_task_does_not_exist() || fault.is_invalid_token())
        {
            return Ok(());
        }
        log::aws("SendTaskSuccess", &fault);
        Err(NotDelivered)
    }
}
