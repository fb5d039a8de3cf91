//! A hand over the studio's canvas and keys: real pointer events of a mouse, fingers and a pen.

use medley_tests::visit::{Outcome, SOON, Visit};
use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;

/// A place in the image, in its pixels.
#[derive(Clone, Copy)]
pub struct Place(pub f64, pub f64);

/// Something that is done with mouse and keys.
#[derive(Clone, Copy)]
pub enum Act<'a> {
    /// The mouse button goes down.
    Press(Place),
    /// The mouse moves with the button down.
    Move(Place),
    /// The button goes up.
    Release(Place),
    /// A key.
    Key(&'a str),
    /// A click on what a CSS selector finds.
    Click(&'a str),
    /// Nothing that people do: the Worker is gone, and another takes its place.
    LoseWorker,
}

/// A line with the mouse.
pub fn line(from: Place, to: Place) -> [Act<'static>; 3] {
    [Act::Press(from), Act::Move(to), Act::Release(to)]
}

/// Knows where the image lies on the screen, as long as it is not moved.
pub struct Hand<'a> {
    visit: &'a Visit,
    origin: (f64, f64),
    scale: f64,
}

const VIEW: &str = "const canvas = document.querySelector('[data-testid=studio-canvas]');
    const { x, y } = canvas.getBoundingClientRect();
    const { scale, x: left, y: top } = canvas.dataset;
    return [x + Number(left), y + Number(top), Number(scale)];";

impl<'a> Hand<'a> {
    /// A hand over the image on the screen, as soon as that is the chosen one.
    pub async fn over(visit: &'a Visit) -> WebDriverResult<Self> {
        is_at_hand(visit).await?;
        let (x, y, scale): (f64, f64, f64) = visit.script(VIEW, vec![]).await?;
        Ok(Self { visit, origin: (x, y), scale })
    }

    /// Screen pixels per image pixel, now.
    pub async fn scale(&self) -> WebDriverResult<f64> {
        let (_, _, scale): (f64, f64, f64) = self.visit.script(VIEW, vec![]).await?;
        Ok(scale)
    }

    fn on_screen(&self, Place(x, y): Place) -> (f64, f64) {
        (x.mul_add(self.scale, self.origin.0), y.mul_add(self.scale, self.origin.1))
    }

    async fn send(&self, method: &str, parameters: Value) -> Outcome {
        self.visit.driver().cdp().send_raw(method, parameters).await?;
        Ok(())
    }

    /// Presses and releases the mouse.
    pub async fn click(&self, at: Place) -> Outcome {
        self.drag(&[at]).await
    }

    /// Draws a line with the mouse.
    pub async fn drag(&self, places: &[Place]) -> Outcome {
        self.stroke(places, "mouse", 0.5).await
    }

    /// Draws a line with a pen; pressure from 0 to 1.
    pub async fn pen(&self, places: &[Place], pressure: f64) -> Outcome {
        self.stroke(places, "pen", pressure).await
    }

    async fn stroke(&self, places: &[Place], pointer: &str, pressure: f64) -> Outcome {
        let (first, last) = (places[0], places[places.len() - 1]);
        let event = |kind: &str, at: Place, buttons: u8| {
            let (x, y) = self.on_screen(at);
            json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1,
                "pointerType": pointer, "force": if buttons == 0 { 0.0 } else { pressure } })
        };
        self.send("Input.dispatchMouseEvent", event("mousePressed", first, 1)).await?;
        for at in &places[1..] {
            self.send("Input.dispatchMouseEvent", event("mouseMoved", *at, 1)).await?;
        }
        self.send("Input.dispatchMouseEvent", event("mouseReleased", last, 0)).await
    }

    /// Does several things in one turn of the page, so that no answer of the Worker comes in between. Returns the labels
    /// on the screen afterwards.
    pub async fn at_once(&self, acts: &[Act<'_>]) -> WebDriverResult<Vec<u8>> {
        let acts: Vec<Value> = acts
            .iter()
            .map(|act| match *act {
                Act::Press(at) => json!(["pointerdown", self.on_screen(at)]),
                Act::Move(at) => json!(["pointermove", self.on_screen(at)]),
                Act::Release(at) => json!(["pointerup", self.on_screen(at)]),
                Act::Key(key) => json!(["key", key]),
                Act::Click(css) => json!(["click", css]),
                Act::LoseWorker => json!(["lose", null]),
            })
            .collect();
        let body = "document.activeElement?.blur();
            const canvas = document.querySelector('[data-testid=studio-canvas]');
            for (const [kind, what] of arguments[0]) {
                if (kind === 'key') {
                    document.body.dispatchEvent(
                        new KeyboardEvent('keydown', { key: what, bubbles: true, cancelable: true }));
                } else if (kind === 'click') {
                    document.querySelector(what).click();
                } else if (kind === 'lose') {
                    window.medley.restart();
                } else {
                    canvas.dispatchEvent(new PointerEvent(kind, {
                        pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0,
                        buttons: kind === 'pointerup' ? 0 : 1,
                        clientX: what[0], clientY: what[1], bubbles: true, cancelable: true,
                    }));
                }
            }
            return Array.from(window.medley.labels()?.labels ?? []);";
        self.visit.script(body, vec![json!(acts)]).await
    }

    /// Moves fingers: for each moment where they are.
    pub async fn touch(&self, moments: &[Vec<Place>]) -> Outcome {
        for (index, fingers) in moments.iter().enumerate() {
            let kind = if index == 0 { "touchStart" } else { "touchMove" };
            let points: Vec<Value> = fingers
                .iter()
                .enumerate()
                .map(|(id, at)| {
                    let (x, y) = self.on_screen(*at);
                    json!({ "x": x, "y": y, "id": id, "force": 0.5 })
                })
                .collect();
            self.send("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
        }
        self.send("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await
    }
}

/// Waits until the chosen image, with the labels of the chosen task, is on the screen.
pub async fn is_at_hand(visit: &Visit) -> Outcome {
    let there = "document.querySelector('[data-testid=studio-canvas]')?.ariaBusy === 'false'";
    visit.until("the chosen image is on the screen", SOON, there).await
}

/// Presses a key, wherever the focus was.
pub async fn press_key(visit: &Visit, key: &str) -> Outcome {
    press(visit, key, false).await
}

/// Presses a key while Ctrl is held.
pub async fn press_with_control(visit: &Visit, key: &str) -> Outcome {
    press(visit, key, true).await
}

async fn press(visit: &Visit, key: &str, control: bool) -> Outcome {
    let body = "document.activeElement?.blur();
        document.body.dispatchEvent(new KeyboardEvent('keydown',
            { key: arguments[0], ctrlKey: arguments[1], bubbles: true, cancelable: true }));
        return true;";
    let _: bool = visit.script(body, vec![json!(key), json!(control)]).await?;
    Ok(())
}
