//! What the status of an answer says.

/// The name that the standard vocabulary has for what the status of an HTTP answer says.
///
/// ```
/// assert_eq!(redress_errors::error_of_status(429), "RateLimitError");
/// assert_eq!(redress_errors::error_of_status(503), "ConnectionError");
/// assert_eq!(redress_errors::error_of_status(404), "DataError");
/// ```
pub fn error_of_status(status: u16) -> &'static str {
    match status {
        401 => "InvalidAccessTokenError",
        402 | 403 | 405 | 407 | 501 => "InvalidConfigurationError",
        408 => "ModuleTimeoutError",
        413 => "MaxFileSizeExceededError",
        429 => "RateLimitError",
        502..=504 => "ConnectionError",
        507 => "OutOfSpaceError",
        400..=499 => "DataError",
        _ => "UnexpectedError",
    }
}
