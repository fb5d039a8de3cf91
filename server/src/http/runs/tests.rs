#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::tests::{get, head, send, text};
use crate::runs::{Event, EventLog, RunFolder, TimedEvent};

fn site() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn folder(site: &TempDir, name: &str) -> PathBuf {
    site.path().join("runs").join(name)
}

fn start(updates: u64) -> Event {
    let tasks = BTreeMap::from([("cells".to_owned(), 12)]);
    Event::Start { update: 0, device: "cpu".into(), tasks, updates }
}

fn progress(update: u64, loss: f32) -> Event {
    Event::Progress {
        update,
        losses: BTreeMap::from([("cells".to_owned(), loss)]),
        rate: 0.1,
        images_per_second: 2.0,
        memory: None,
        gradient_norm: None,
        skipped: 0,
    }
}

fn end(update: u64, complete: bool) -> Event {
    Event::End { update, complete, reason: (!complete).then(|| "interrupted".to_owned()) }
}

/// A run whose events happened one second after the other from `time` on. It runs while the folder is kept.
fn run(site: &TempDir, name: &str, time: f64, events: &[Event]) -> RunFolder {
    let run = RunFolder::open(&folder(site, name), true).unwrap();
    let mut log = EventLog::open(&run.events()).unwrap();
    for (event, second) in events.iter().zip(0..) {
        log.append(&TimedEvent { time: time + f64::from(second), event: event.clone() }).unwrap();
    }
    run
}

async fn value(site: &TempDir, path: &str) -> Value {
    let response = get(site, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(head(&response, "content-type"), "application/json", "{path}");
    serde_json::from_str(&text(response).await).unwrap()
}

/// The data of all events in an answer, and the id of the last.
fn parse(stream: &str) -> (Vec<Value>, Option<u64>) {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let id = stream.lines().rev().find_map(|line| line.strip_prefix("id: "));
    (data.map(|json| serde_json::from_str(json).unwrap()).collect(), id.map(|id| id.parse().unwrap()))
}

#[tokio::test]
async fn without_a_folder_there_are_no_runs() {
    let site = site();
    assert_eq!(value(&site, "/api/runs").await, json!([]));
    fs::create_dir_all(folder(&site, "empty")).unwrap();
    fs::write(site.path().join("runs/notes.txt"), "not a run").unwrap();
    assert_eq!(value(&site, "/api/runs").await, json!([]));
}

#[tokio::test]
async fn runs_are_listed_newest_first_with_how_they_stand() {
    let site = site();
    drop(run(&site, "killed", 100.0, &[start(9), progress(3, 0.5), progress(4, f32::NAN)]));
    drop(run(&site, "stopped", 200.0, &[start(9), progress(3, 0.5), end(3, false)]));
    drop(run(&site, "whole", 300.0, &[start(9), progress(9, 0.25), end(9, true)]));
    let going_on = run(&site, "going on", 400.0, &[start(9), progress(1, 2.0), progress(2, 1.0)]);
    let list = value(&site, "/api/runs").await;
    let told: Vec<_> =
        list.as_array().unwrap().iter().map(|run| (&run["name"], &run["state"], &run["update"])).collect();
    assert_eq!(
        json!(told),
        json!([
            ["going on", "running", 2],
            ["whole", "ended", 9],
            ["stopped", "interrupted", 3],
            ["killed", "interrupted", 4]
        ])
    );
    assert_eq!(
        list[0],
        json!({
            "name": "going on", "state": "running", "reason": null, "started": 400.0, "changed": 402.0,
            "device": "cpu", "update": 2, "updates": 9, "tasks": { "cells": 12 }, "losses": { "cells": 1.0 },
        })
    );
    assert_eq!((&list[2]["reason"], &list[3]["losses"]["cells"]), (&json!("interrupted"), &Value::Null));

    drop(going_on);
    assert_eq!(value(&site, "/api/runs").await[0]["state"], "interrupted");
}

#[tokio::test]
async fn the_course_is_without_what_was_undone() {
    let site = site();
    let going_back = Event::Rollback { update: 5, to: 2, factor: 0.5, reason: "not finite".into() };
    let events = [start(9), progress(2, 2.0), progress(4, 9.0), going_back, progress(4, 1.0)];
    let run = run(&site, "a", 1.0, &events);
    let told = value(&site, "/api/runs/a").await;
    assert_eq!(told["course"]["losses"], json!({ "cells": [[2, 2.0], [4, 1.0]] }));
    assert_eq!((&told["name"], &told["state"]), (&json!("a"), &json!("running")));
    assert_eq!(told["position"], fs::metadata(run.events()).unwrap().len());
}

#[tokio::test]
async fn events_come_as_the_log_grows() {
    let site = site();
    let run = run(&site, "a", 1.0, &[start(9), progress(1, f32::NAN)]);
    let response = get(&site, "/api/runs/a/events").await;
    assert_eq!(head(&response, "content-type"), "text/event-stream");
    assert_eq!(head(&response, "cache-control"), "no-cache");
    let (events, id) = parse(&text(response).await);
    assert_eq!(events.len(), 2);
    assert_eq!(
        (&events[0]["event"], &events[1]["losses"]["cells"]),
        (&json!("start"), &Value::Null),
        "JSON has no NaN"
    );
    let id = id.unwrap().to_string();

    // Who knows all of it waits until the log grows.
    let mut log = EventLog::open(&run.events()).unwrap();
    let headers = [("last-event-id", id.as_str())];
    let (response, ()) = tokio::join!(send(&site, "GET", "/api/runs/a/events?from=0", &headers), async {
        log.append(&TimedEvent { time: 5.0, event: progress(2, 0.5) }).unwrap();
    });
    let (events, _) = parse(&text(response).await);
    assert_eq!(json!(events), json!([TimedEvent { time: 5.0, event: progress(2, 0.5) }]));

    // The address says the same where there was no event before.
    let (events, last) = parse(&text(get(&site, &format!("/api/runs/a/events?from={id}")).await).await);
    assert_eq!((events.len(), last), (1, Some(fs::metadata(run.events()).unwrap().len())));
}

#[tokio::test]
async fn a_quiet_run_is_heard_of_all_the_same() {
    let site = site();
    let run = run(&site, "a", 1.0, &[start(9)]);
    let all = fs::metadata(run.events()).unwrap().len();
    let address = format!("/api/runs/a/events?from={all}");
    let response = get(&site, &address).await;
    assert_eq!(response.status(), StatusCode::OK);
    let stream = text(response).await;
    assert!(stream.contains("retry: ") && stream.contains("\n: ") && parse(&stream).0.is_empty(), "{stream}");

    // Nothing can come from a run that nobody writes to, so the browser is told to stop asking.
    drop(run);
    assert_eq!(get(&site, &address).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_log_that_was_begun_again_is_told_from_its_beginning() {
    let site = site();
    let _run = run(&site, "a", 1.0, &[start(9)]);
    for position in ["100000", "18446744073709551615"] {
        let stream = text(get(&site, &format!("/api/runs/a/events?from={position}")).await).await;
        assert_eq!(parse(&stream).0[0]["event"], "start", "{position}");
    }
}

#[tokio::test]
async fn a_picture_is_served() {
    let site = site();
    let run = run(&site, "a", 1.0, &[start(9)]);
    let name = RunFolder::picture_name(7, "cells-0");
    fs::create_dir_all(run.root().join(&name).parent().unwrap()).unwrap();
    fs::write(run.root().join(&name), "pixels").unwrap();
    let response = get(&site, &format!("/api/runs/a/{name}")).await;
    assert_eq!((response.status(), head(&response, "content-type")), (StatusCode::OK, "image/png"));
    assert_eq!(text(response).await, "pixels");
}

#[tokio::test]
async fn nothing_but_the_pictures_of_a_run_is_served() {
    let site = site();
    let run = run(&site, "a", 1.0, &[start(9)]);
    let pictures = run.pictures();
    fs::create_dir_all(pictures.join("folder.png")).unwrap();
    for secret in [site.path().join("secret.png"), run.root().join("secret.png"), pictures.join("a.txt")] {
        fs::write(secret, "secret").unwrap();
    }
    fs::write(pictures.join(".hidden.png"), "secret").unwrap();
    fs::create_dir_all(site.path().join("pictures")).unwrap();
    fs::write(site.path().join("pictures/outside.png"), "secret").unwrap();
    fs::write(site.path().join("events.jsonl"), "").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(site.path().join("secret.png"), pictures.join("link.png")).unwrap();
        std::os::unix::fs::symlink(site.path(), pictures.join("way-out")).unwrap();
    }
    let absolute = site.path().join("secret.png").display().to_string();
    let paths = [
        "a/pictures/../secret.png",
        "a/pictures/..%2fsecret.png",
        "a/pictures/%2e%2e/secret.png",
        "a/pictures/%2e%2e%2fsecret.png",
        "a/pictures/..%5csecret.png",
        "a/pictures/..%2f..%2f..%2fsecret.png",
        "a/pictures/%00.png",
        "a/pictures/.hidden.png",
        "a/pictures/a.txt",
        "a/pictures/folder.png",
        "a/pictures/absent.png",
        "a/pictures/link.png",
        "a/pictures/way-out/secret.png",
        "a/pictures/",
        "a/pictures",
        "a/secret.png",
        "a/events.jsonl",
        "a/pictures/a.txt%00.png",
        "../pictures/outside.png",
        "%2e%2e/pictures/outside.png",
        "..%2f/pictures/outside.png",
        "%2e%2e",
        "%2e%2e/events",
        "..%2f",
        "..%5c",
        ".",
        "%2e",
        "absent",
        "absent/events",
        "absent/pictures/a.png",
        &format!("a/pictures/{absolute}"),
        &format!("a/pictures/{}", absolute.replace('/', "%2f")),
    ];
    for path in paths {
        let response = get(&site, &format!("/api/runs/{path}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let policy = head(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn runs_can_only_be_looked_at() {
    let site = site();
    let _run = run(&site, "a", 1.0, &[start(9)]);
    for path in ["/api/runs", "/api/runs/a", "/api/runs/a/events", "/api/runs/a/pictures/b.png"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let response = send(&site, method, path, &[]).await;
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
        let response = get(&site, path).await;
        assert_eq!(head(&response, "cache-control"), "no-cache", "{path}");
        assert_eq!(head(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(head(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
    }
}
