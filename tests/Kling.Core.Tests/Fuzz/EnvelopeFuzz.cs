using System.Text;
using CsCheck;
using Kling.Support;
using Kling.Wire;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Whatever a server answers, reading it throws nothing, loses no video, and shows no key.</summary>
public class EnvelopeFuzz(ITestOutputHelper output)
{
    private const string Key = "rw-Q7x2Lm9Kp4Zt8Wb1";

    private static readonly string[] s_names =
    [
        "data", "errors", "error", "taskType", "taskUUID", "status", "videoUUID", "videoURL", "mediaUUID", "mediaURL", "imageUUID", "imageURL", "cost", "seed", "NSFWContent",
        "code", "message", "parameter", "type", "retryAfter", "responseContent", "allowedValues", "min", "max", "progress", "request", "response", "balance", "usage",
        "today", "credits", "requests", "organizationName", "currency", "conflictTaskUUID", "inputs", "frameImages", "image", "safety", "mode", "numberResults", "duration",
    ];

    private static readonly string[] s_values =
    [
        "videoInference", "getResponse", "getTaskDetails", "accountManagement", "imageUpload", "mediaStorage", "success", "processing", "error", "failed",
        "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "conflictTaskUUID", "invalidApiKey", "timeoutProvider", "https://v.example.test/a.mp4?sig=1", "0.1848", "{\"data\":[]}", Key, "x" + Key,
    ];

    private static readonly FuzzJson s_json = new(s_names, s_values);

    private static readonly Gen<byte[]> s_bodies = Gen.Frequency(
        (6, s_json.Bytes(s_json.Object)),
        (2, s_json.Bytes(s_json.Value)),
        (4, s_json.Bytes(s_json.Object.Array[0, 4].Select(items => $"{{\"data\":[{string.Join(",", items)}]}}"))),
        (1, Gen.Byte.Array[0, 60]));

    private static readonly Gen<int?> s_statuses = Gen.OneOf<int?>(null, 200, 202, 400, 401, 402, 404, 409, 429, 500, 503);

    private static readonly Redactor s_redactor = new(Key);

    [Fact]
    public void AnyBody_IsReadWithoutAnException_AndKeepsItsPromises() => FuzzRun.Check(
        output, "Envelope: any body", Gen.Select(s_bodies, s_statuses, (body, status) => (Body: body, Status: status)), AssertPromises, sample => Encoding.UTF8.GetString(sample.Body));

    [Fact]
    public void VideosAmongNoise_AreAllFound() => FuzzRun.Check(
        output, "Envelope: videos among noise are all found",
        Gen.Select(Gen.Guid.Where(id => id != Guid.Empty).Array[1, 6], s_json.Object.Array[0, 4], Gen.Int, Gen.Bool, (ids, noise, order, camel) => (Ids: ids, Noise: noise, Order: order, Camel: camel)),
        sample =>
        {
            // Noise that names a video of its own is no noise.
            string[] noise = [.. sample.Noise.Where(text => !text.Contains("UUID", StringComparison.Ordinal))];
            string[] items = [.. sample.Ids.Distinct().Select(id => $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":"{{id}}","videoURL":"https://v.example.test/{{id}}.mp4"}"""), .. noise];
            new Random(sample.Order).Shuffle(items);

            ApiReply? parsed = EnvelopeReader.Read(Encoding.UTF8.GetBytes($"{{\"data\":[{string.Join(",", items)}]}}"), 200);

            Assert.Equal(
                sample.Ids.Distinct().Order(),
                parsed!.Items.Where(item => item.Video is not null && item.TaskId is not null).Select(item => item.TaskId!.Value).Order());
        });

    private static void AssertPromises((byte[] Body, int? Status) sample)
    {
        if (EnvelopeReader.Read(sample.Body, sample.Status, s_redactor) is not ApiReply parsed)
        {
            return;
        }

        var videos = parsed.Items.Where(item => item.Video is not null).Select(item => (item.TaskId, item.Video!.VideoId.ToUpperInvariant())).ToArray();
        Assert.Equal(videos.Length, videos.Distinct().Count());
        foreach (Models.KlingTaskError error in parsed.Errors.Concat(parsed.Stored?.Errors ?? []))
        {
            Assert.NotEmpty(error.Code);
            string shown = $"{error.Code}\n{error.Message}\n{error.Parameter}\n{error.Allowed}";
            for (int i = 0; i + 8 <= Key.Length; i++)
            {
                Assert.DoesNotContain(Key.Substring(i, 8), shown, StringComparison.OrdinalIgnoreCase);
            }
        }

        Assert.All(parsed.Errors, error => Assert.False(error.RetryAfterSeconds < 0));
    }
}
