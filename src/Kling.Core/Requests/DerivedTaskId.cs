using System.Security.Cryptography;
using System.Text;

namespace Kling.Requests;

/// <summary>
/// Makes the id of a task from an idempotency key. The same key and request give the same id on any machine, so a purchase is found
/// again without a journal. The form is frozen; docs/task-ids.md describes it for other programs.
/// </summary>
public static class DerivedTaskId
{
    /// <summary>The id of one purchase: the first 16 bytes of a SHA-256, shaped as a v4 UUID.</summary>
    /// <param name="key">The key, as it was given.</param>
    /// <param name="fingerprint">The request's fingerprint (<see cref="RequestFingerprint"/>).</param>
    /// <param name="ordinal">Which of the equal requests of one command it is, from 1.</param>
    /// <param name="attempt">Which attempt it is, from 1: one more after each that failed at the service and was not billed.</param>
    public static Guid Of(string key, string fingerprint, int ordinal, int attempt)
    {
        var text = new StringBuilder();
        RequestFingerprint.Add(text, "task-id", "1");
        RequestFingerprint.Add(text, "key", key);
        RequestFingerprint.Add(text, "fingerprint", fingerprint);
        RequestFingerprint.Add(text, "ordinal", RequestFingerprint.Text(ordinal)!);
        RequestFingerprint.Add(text, "attempt", RequestFingerprint.Text(attempt)!);
        byte[] id = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x40);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
