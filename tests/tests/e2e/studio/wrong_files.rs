//! Many files at once that are no images: each is named, and the project stays as it was.

use serde_json::json;

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{Outcome, SOON, Visit};

#[tokio::test(flavor = "multi_thread")]
async fn thirty_wrong_files_are_named_and_change_nothing() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    visit.open_studio("&lang=en").await?;
    visit.bring(&Pictures::discs(2), 1).await?;
    let before = visit.layer("labels").await?;
    assert!(before.is_some());
    let names: Vec<String> = (0..30).map(|number| format!("wrong-{number:02}.png")).collect();
    let drop = "const dataTransfer = new DataTransfer();
        arguments[0].forEach((name, index) => {
            const signature = index % 2 ? [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] : [];
            const noise = Array.from({ length: 60 }, (_, place) => (place * 37 + index * 11) % 256);
            dataTransfer.items.add(new File([new Uint8Array([...signature, ...noise])], name));
        });
        const target = document.querySelector('[data-testid=drop]');
        for (const kind of ['dragenter', 'dragover', 'drop']) {
            target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
        }
        return true;";
    let _: bool = visit.script(drop, vec![json!(names)]).await?;
    let named = format!(
        "{}.every(name =>
            document.querySelector('[data-testid=studio-notice]')?.textContent.includes(name))",
        json!(names)
    );
    visit.until("every file is named", SOON, &named).await?;
    println!("{}", visit.notices().await?.chars().take(120).collect::<String>());
    visit.screenshot("studio-wrong-files").await?;
    visit.has_images(2).await?;
    visit.has_labelled(1).await?;
    assert!(visit.layer("labels").await? == before, "the label is as it was");
    // The project takes images as before.
    let pictures = Pictures::discs(1);
    visit.give("studio-files", &pictures.images()).await?;
    visit.has_images(3).await?;
    visit.end().await?;
    Ok(())
}
