//! Names of errors that Step Functions and its integrations are known to give.
//!
//! Sources: the specification of Amazon States Language, appendix A, and the page "Handling errors in Step Functions
//! workflows" of the AWS documentation.

/// The names that begin with `States.`; the prefix is reserved, so that there are no others but those of [`STATUS`].
pub(super) const RESERVED: [&str; 17] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// What the names begin with that an HTTP Task gives for an answer whose status is an error; the status is behind it.
pub(super) const STATUS: &str = "States.Http.StatusCode.";

/// Names that the integration with Lambda gives.
pub(super) const LAMBDA: [&str; 6] = [
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
];

/// Integrations, as the `Resource` names them behind `arn:aws:states:::`, and what the names of their errors begin with.
///
/// DynamoDB is why it matters: its two integrations write their prefix differently.
pub(super) const PREFIXES: [(&str, &str); 4] = [
    ("dynamodb", "DynamoDB."),
    ("aws-sdk:dynamodb", "DynamoDb."),
    ("lambda", "Lambda."),
    ("aws-sdk:lambda", "Lambda."),
];

/// The beginning of an integration that calls a service by its SDK; names of errors then carry the service's name.
pub(super) const SDK: &str = "aws-sdk:";
