//! "Your images stay on this computer": what the page asks the network for, and what it is not allowed to.

use std::net::TcpListener;

use serde_json::{Value, json};

use medley_tests::visit::{Outcome, SOON, Visit};

/// A small picture of the visitor's own.
fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..64 * 64).map(|i| (i % 251) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// Method and address of all requests in Chromium's network log that a page or a Worker made.
///
/// Unlike the events of the developer tools this log holds everything that reached the browser's network
/// stack, whoever asked.
fn requests(net_log: &str) -> Vec<(String, String)> {
    let log: Value = serde_json::from_str(net_log)
        // A browser that had to hurry does not write the end.
        .or_else(|_| serde_json::from_str(&format!("{}]}}", net_log.trim_end().trim_end_matches(','))))
        .unwrap();
    let start = &log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"];
    assert!(start.is_u64(), "the network log has another form");
    let events = log["events"].as_array().unwrap();
    let params = events.iter().filter(|event| event["type"] == *start).map(|event| &event["params"]);
    params
        // What the browser asks for by itself, its search for updates for example, has no origin.
        .filter(|params| params["initiator"].as_str().is_some_and(|initiator| initiator != "not an origin"))
        .map(|params| ["method", "url"].map(|key| params[key].as_str().unwrap().to_owned()).into())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_leaves_the_origin_and_none_carries_anything() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu", SOON).await?;
    let before = visit.result_number().await?;
    visit.drop_file("own.png", &picture()).await?;
    visit.answer_after(before, SOON).await?;
    visit.click("language").await?;

    let origin = visit.origin.clone();
    let requests = requests(&visit.end().await?);
    println!("{requests:#?}");
    let has = |end: &str| requests.iter().any(|(_, url)| url.ends_with(end));
    assert!(has(".wasm") && has(".safetensors"), "the log must hold the page's own requests");
    let home = format!("{origin}/");
    for (method, url) in &requests {
        assert!(url.starts_with(&home), "{url} is elsewhere");
        assert_eq!(method, "GET", "{url} is sent something");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_refuses_every_connection_elsewhere() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_and_wait("?device=cpu", SOON).await?;
    let header = "const done = arguments[0];
        fetch(location.href).then(answer => done(answer.headers.get('content-security-policy')));";
    let policy: String = visit.driver().execute_async(header, vec![]).await?.convert()?;
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");

    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let address = elsewhere.local_addr().unwrap().to_string();
    let attempts = "const [address] = arguments;
        window.refused = [];
        document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
        fetch(`http://${address}/fetch`, { mode: 'no-cors' }).catch(() => {});
        navigator.sendBeacon(`http://${address}/beacon`, 'x');
        new Image().src = `http://${address}/image.png`;
        try { new WebSocket(`ws://${address}/socket`); } catch {}
        const script = document.createElement('script');
        script.src = `http://${address}/script.js`;
        document.head.append(script);";
    visit.driver().execute(attempts, vec![json!(address)]).await?;
    let refused: Vec<String> = visit
        .eventually("five attempts are refused", SOON, "(window.refused.length >= 5 ? window.refused : null)")
        .await?;
    println!("refused: {refused:?}");
    assert!(elsewhere.accept().is_err(), "a connection to {address} was made");
    visit.end().await?;
    Ok(())
}
