//! Step Functions: starts a sale's execution, and wakes it.

use crate::call_error::not_delivered;
use crate::clients::{Aws, Lazy};
use aws_sdk_sfn::Client;
use aws_sdk_sfn::operation::send_task_success::SendTaskSuccessError;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use domain::SaleId;
use domain::ports::{SendError, TaskToken, Workflow};
use serde_json::json;

/// Spent, timed out, or of an execution that is over: the workflow has gone on by itself.
fn has_gone_on(error: &SendTaskSuccessError) -> bool {
    error.is_task_timed_out() || error.is_task_does_not_exist() || error.is_invalid_token()
}

/// The wait that a sale's first execution begins with.
const FIRST_WAIT: &str = "AwaitSignalPayment";

/// The sale's state machine.
#[derive(Debug, Clone)]
pub struct StepFunctions {
    client: Lazy<Client>,
    state_machine_arn: String,
}

impl StepFunctions {
    /// The state machine of this ARN.
    pub fn new(aws: &Aws, state_machine_arn: String) -> Self {
        Self { client: aws.lazy(Client::new), state_machine_arn }
    }
}

impl Workflow for StepFunctions {
    /// The execution's name is the sale's id, so that a second start finds the first.
    async fn start(&self, sale: SaleId) -> Result<(), SendError> {
        let way = json!({ "rounds": 0, "to": FIRST_WAIT });
        let input = json!({ "sale_id": sale, "way": way }).to_string();
        let start = self.client.start_execution().state_machine_arn(&self.state_machine_arn);
        match start.name(sale.to_string()).input(input).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(())
            }
            Err(error) => Err(not_delivered("StartExecution", &error)),
        }
    }

    async fn resume(&self, token: &TaskToken) -> Result<(), SendError> {
        match self.client.send_task_success().task_token(&token.0).output("{}").send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(has_gone_on) => Ok(()),
            Err(error) => Err(not_delivered("SendTaskSuccess", &error)),
        }
    }
}
