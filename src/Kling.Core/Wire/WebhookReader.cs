using System.Text;
using System.Text.Json;
using static System.FormattableString;

namespace Kling.Wire;

/// <summary>
/// Reads what the service posts to a webhook: a result at the top level, or inside <c>data</c> (protocol note, webhooks; the
/// sources disagree). A body comes from the outside, so its size and depth are checked before it is read.
/// </summary>
public static class WebhookReader
{
    /// <summary>The largest body that is read, in bytes of UTF-8; a real one has about one kilobyte for each video.</summary>
    public const int LargestBody = 1024 * 1024;

    /// <summary>How deep objects and arrays may be nested; a real body has 5 levels.</summary>
    public const int DeepestBody = 32;

    /// <summary>How many tasks one body may name; a real one names one.</summary>
    public const int MostTasks = 50;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 1000 };

    /// <summary>The bodies in a text: the whole text, or one body a line where only the lines are JSON. Blank lines are skipped.</summary>
    /// <param name="text">The text as it arrived or was kept.</param>
    public static IReadOnlyList<string> Split(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        if (text.Trim().IndexOf('\n') < 0 || Fault(text) is null)
        {
            return [text];
        }

        string[] lines = [.. text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line))];
        return lines.Any(line => Fault(line) is null) ? lines : [text];
    }

    /// <summary>Reads one body. Archived requests and accounts in it are ignored: nothing proves who sent the body.</summary>
    /// <param name="body">The body's text.</param>
    /// <returns>The results and failures it names; there is no HTTP status.</returns>
    /// <exception cref="WebhookException">It is too large, too deep, no JSON, or names no task or too many.</exception>
    public static ApiReply Read(string body)
    {
        if (Fault(body) is string fault)
        {
            throw new WebhookException($"Body: {fault}.");
        }

        ApiReply? reply = EnvelopeReader.Read(Encoding.UTF8.GetBytes(body), null);
        if (reply is null || !(reply.Items.Any(item => item.TaskId is not null) || reply.Errors.Any(error => error.TaskId is not null)))
        {
            throw new WebhookException("Body: the JSON names no task; allowed: an object with taskUUID, or one whose data or errors hold such objects.");
        }

        int tasks = reply.Items.Select(item => item.TaskId).Concat(reply.Errors.Select(error => error.TaskId)).OfType<Guid>().Distinct().Count();
        return tasks <= MostTasks ? reply with { Stored = null, Account = null }
            : throw new WebhookException(Invariant($"Body: it names {tasks} tasks; allowed: at most {MostTasks}."));
    }

    // Why a text is no body; null when it may be one.
    private static string? Fault(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > LargestBody)
        {
            return Invariant($"{length} bytes were given; allowed: at most {LargestBody}");
        }

        string trimmed = text.Trim('\uFEFF', ' ', '\t', '\r', '\n');
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(trimmed), s_options);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= DeepestBody)
                {
                    return Invariant($"the JSON is nested deeper than {DeepestBody} levels; allowed: at most {DeepestBody}");
                }
            }

            return null;
        }
        catch (JsonException broken)
        {
            // Its message would show a part of the text.
            return Invariant($"the text is no JSON from line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1} on")
                + "; allowed: a body as the service posted it";
        }
    }
}

/// <summary>A webhook's body that cannot be used; the message says why, without showing the body.</summary>
public sealed class WebhookException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given and what is allowed.</param>
    public WebhookException(string message)
        : base(ConsoleText.Of(message))
    {
    }
}
