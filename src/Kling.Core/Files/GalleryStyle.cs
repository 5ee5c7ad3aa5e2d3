namespace Kling.Files;

/// <summary>How the gallery looks: one column on a phone, more where there is room; light or dark as the system is.</summary>
internal static class GalleryStyle
{
    internal const string Css = """
        :root { color-scheme: light dark; --back: #f5f5f4; --card: #fff; --text: #1c1917; --soft: #57534e; --line: #e0deda; --bad: #b42318; --badback: #fef3f2; --focus: #1d4ed8; }
        @media (prefers-color-scheme: dark) { :root { --back: #161514; --card: #211f1e; --text: #f5f5f4; --soft: #b5afa9; --line: #3a3735; --bad: #ff9b8e; --badback: #33201d; --focus: #93b4ff; } }
        * { box-sizing: border-box; }
        body { margin: 0; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 3rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        h1, h2, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
        h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
        h2 { font-size: 1.05rem; line-height: 1.35; overflow-wrap: anywhere; }
        ul, ol { list-style: none; }
        .soft { color: var(--soft); font-size: .9rem; }
        .totals { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .75rem 0 1.5rem; }
        .totals dt { color: var(--soft); font-size: .85rem; }
        .totals dd { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
        .tasks { display: grid; gap: 1.25rem; align-items: start; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
        article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
        .videos { display: grid; gap: 2px; }
        .videos.several { grid-template-columns: 1fr 1fr; }
        video { display: block; width: 100%; height: auto; max-height: min(75vh, 26rem); background: #000; object-fit: contain; }
        figcaption { padding: .35rem .9rem; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        figcaption span + span::before { content: " · "; }
        .several figcaption { padding: .35rem .6rem .6rem; font-size: .75rem; }
        .several figcaption span { display: block; }
        .several figcaption span::before { content: none; }
        .gone { padding: 1.5rem .9rem; color: var(--soft); text-align: center; font-size: .9rem; overflow-wrap: anywhere; }
        .text { display: grid; gap: .6rem; padding: .9rem; }
        .prompt { white-space: pre-wrap; overflow-wrap: anywhere; }
        .long { max-height: 13.5em; overflow-y: auto; scrollbar-width: thin; }
        .head { display: flex; gap: .6rem; justify-content: space-between; align-items: baseline; }
        .state { flex: none; font-size: .8rem; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem; }
        .bad { color: var(--bad); }
        .errors { padding: .6rem .75rem; border-left: .25rem solid var(--bad); background: var(--badback); font-size: .9rem; overflow-wrap: anywhere; }
        .cost { font-variant-numeric: tabular-nums; }
        summary { cursor: pointer; color: var(--soft); font-size: .9rem; width: max-content; }
        .all { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; margin-top: .5rem; font-size: .85rem; }
        .all dt { color: var(--soft); }
        .all dd { overflow-wrap: anywhere; }
        .gone code { display: block; }
        code { font: .85em ui-monospace, monospace; }
        :focus-visible { outline: .2rem solid var(--focus); outline-offset: .15rem; border-radius: .2rem; }
        video:focus-visible { outline-offset: -.2rem; }
        """;
}
