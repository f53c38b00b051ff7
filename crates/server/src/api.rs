//! The routes: what is asked for, of whom, and where the answer comes from.

mod health;
mod list;
mod manage;
mod many;
mod one;
mod payload;
mod report;
mod runs;
mod scenarios;
mod shapes;
mod transfer;
mod undone;

use std::any::Any;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use redress_scenarios::Role;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::shared::Shared;
use crate::{access, trace};

/// What is said of the interface as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "redress",
        description = "Failed steps of workflows: reported, decided by a policy, kept, tried again, looked after.\n\n\
                       Where the server has tokens, everything under `/v1` needs one: `read` to look, `report` to \
                       report and to begin runs, `manage` for everything. Every problem is told as RFC 9457 has it, \
                       with `place` and `fix` where there are.",
    ),
    tags(
        (name = "reports", description = "Failures are reported, and decided"),
        (name = "executions", description = "What is kept is looked at, and looked after"),
        (name = "scenarios", description = "What runs: whether it is on, what it keeps, what it lost"),
        (name = "runs", description = "Whether a run may begin, and that no retry begins beside it"),
        (name = "server", description = "Whether it is well"),
    )
)]
struct Interface;

/// The description of the interface, as OpenAPI has it.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut described = Interface::openapi();
    described.merge(routed(reading(), reporting(), managing(), measured()).into_openapi());
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = described.components.get_or_insert_default();
    components.add_security_scheme("token", scheme);
    described
}

type Routes = OpenApiRouter<Shared>;

/// For who looks.
fn reading() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(list::groups))
        .routes(routes!(one::get))
        .routes(routes!(one::log))
        .routes(routes!(one::payload))
        .routes(routes!(scenarios::list))
        .routes(routes!(scenarios::get))
        .routes(routes!(scenarios::log))
}

/// For who reports.
fn reporting() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(report::report))
        .routes(routes!(report::decide))
        .routes(routes!(runs::begin))
        .routes(routes!(runs::renew))
        .routes(routes!(runs::end))
}

/// For who looks after executions.
fn managing() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(manage::retry))
        .routes(routes!(manage::resolve))
        .routes(routes!(manage::close))
        .routes(routes!(manage::delete))
        .routes(routes!(many::retry))
        .routes(routes!(many::close))
        .routes(routes!(many::delete))
        .routes(routes!(transfer::export))
        .routes(routes!(transfer::import))
        .routes(routes!(scenarios::switch_on))
        .routes(routes!(scenarios::switch_off))
}

/// For who looks at figures.
fn measured() -> Routes {
    OpenApiRouter::new().routes(routes!(health::metrics))
}

fn routed(reading: Routes, reporting: Routes, managing: Routes, measured: Routes) -> Routes {
    OpenApiRouter::new()
        .nest("/v1", reading.merge(reporting).merge(managing))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .merge(measured)
}

/// Everything that is answered.
pub(crate) fn router(shared: Shared) -> Router {
    let guarded = |routes: Routes, role: Role| match role {
        Role::Read => routes.route_layer(from_fn_with_state(shared.clone(), access::read)),
        Role::Report => routes.route_layer(from_fn_with_state(shared.clone(), access::report)),
        Role::Manage => routes.route_layer(from_fn_with_state(shared.clone(), access::manage)),
    };
    let routes = routed(
        guarded(reading(), Role::Read),
        guarded(reporting(), Role::Report),
        guarded(managing(), Role::Manage),
        guarded(measured(), Role::Read),
    );
    let written = description().to_pretty_json().unwrap_or_default();
    Router::from(routes)
        .route("/openapi.json", get(openapi))
        .layer(Extension(Arc::<str>::from(written)))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(shared.clone(), access::guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(shared.clone(), trace::request))
        .layer(from_fn(careful))
        .with_state(shared)
}

async fn openapi(Extension(written): Extension<Arc<str>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], written.to_string()).into_response()
}

async fn nowhere(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(100).flat_map(char::escape_default).collect();
    Problem::not_found(format!("there is nothing at `{path}`"))
        .at("path")
        .fix("/openapi.json says what there is")
}

async fn not_so(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("`{method}` does not go here"))
        .at("method")
        .fix("/openapi.json says what does")
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::ours().into_response()
}

/// Has no browser guess, keep or frame what is answered: it may hold what somebody else wrote.
async fn careful(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
