//! Connections: counted, bounded, given up when they dawdle, and ended gracefully.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, oneshot};

use crate::metrics::Metrics;

/// The head of a request has to be there within this time, and a connection on which nothing is asked is closed after it.
const HEAD: Duration = Duration::from_secs(30);

/// The same while more than half of the places are taken: whoever asks nothing must not keep out who does, and whoever asks
/// whether the server is well.
const HEAD_WHERE_PLACES_ARE_SCARCE: Duration = Duration::from_secs(1);

/// The head of a request, and what is read at once of its body, has no more bytes than this.
const BUFFER: usize = 32 << 10;

/// A request has no more headers than this.
const HEADERS: usize = 64;

/// After an error of the system, such as too many open files, it is waited so long until the next connection is
/// accepted.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until it is told to stop, and then waits so long for requests that are under way, unless they are given
/// up.
pub(crate) async fn listen(
    listener: TcpListener,
    router: Router,
    most: usize,
    metrics: Arc<Metrics>,
    (mut stop, given_up): (oneshot::Receiver<Duration>, Arc<Notify>),
) {
    let places = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).max_headers(HEADERS).max_buf_size(BUFFER).half_close(false);
    let grace = loop {
        let accepted = tokio::select! {
            grace = &mut stop => break grace.unwrap_or_default(),
            accepted = accept(&listener, &places) => accepted,
        };
        let Ok((stream, place)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let connected = metrics.connected();
        let are_scarce = places.available_permits() < most / 2;
        http.header_read_timeout(if are_scarce { HEAD_WHERE_PLACES_ARE_SCARCE } else { HEAD });
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // What goes wrong with a connection is the other side's; it is gone.
            let _ = connection.await;
            drop((connected, place));
        });
    };
    drop(listener);
    let in_time = tokio::time::timeout(grace, graceful.shutdown());
    let have_ended = tokio::select! {
        ended = in_time => ended.is_ok(),
        () = given_up.notified() => false,
    };
    if !have_ended {
        tracing::warn!("requests were still under way when the time was up");
    }
}

/// Waits for a place first: who finds none waits in the queue of the system.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    // Answers are small and written in one piece.
    let _ = stream.set_nodelay(true);
    Ok((stream, place))
}
