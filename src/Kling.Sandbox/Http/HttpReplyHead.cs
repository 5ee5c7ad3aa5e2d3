using System.Globalization;
using System.Text;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Http;

/// <summary>Writes the head of an HTTP/1.1 reply as bytes.</summary>
internal static class HttpReplyHead
{
    /// <summary>The interim reply to <c>Expect: 100-continue</c>.</summary>
    internal static byte[] Continue { get; } = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");

    internal static byte[] Of(SandboxReply reply, bool keepsAlive)
    {
        var head = new StringBuilder();
        Line(head, $"HTTP/1.1 {reply.Status.ToString(CultureInfo.InvariantCulture)} {Reason(reply.Status)}");
        foreach (KeyValuePair<string, string> header in reply.Headers)
        {
            Line(head, $"{header.Key}: {header.Value}");
        }

        if (!reply.Headers.ContainsKey("Content-Length"))
        {
            Line(head, "Content-Length: " + reply.Body.Length.ToString(CultureInfo.InvariantCulture));
        }

        Line(head, keepsAlive ? "Connection: keep-alive" : "Connection: close");
        Line(head, string.Empty);
        return Encoding.ASCII.GetBytes(head.ToString());
    }

    private static void Line(StringBuilder head, string text) => head.Append(text).Append("\r\n");

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        206 => "Partial Content",
        < 400 => "Found",
        401 => "Unauthorized",
        402 => "Payment Required",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        < 500 => "Bad Request",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
