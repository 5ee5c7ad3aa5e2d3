using System.Text;
using CsCheck;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>A webhook's body comes from anyone: it is refused in one way, or makes tasks.</summary>
public class WebhookFuzz(ITestOutputHelper output)
{
    private const string Secret = "kettle-drum-47";

    private static readonly FuzzJson s_json = new(
        ["data", "errors", "error", "taskType", "taskUUID", "status", "videoUUID", "videoURL", "cost", "seed", "code", "message", "request", "response", "image"],
        ["videoInference", "getTaskDetails", "success", "error", "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "4f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "https://v.example.test/a.mp4", Secret]);

    private static readonly Gen<string> s_bodies = Gen.Frequency(
        (8, s_json.Bytes(s_json.Object).Select(Encoding.UTF8.GetString)),
        (2, s_json.Bytes(s_json.Object.Array[1, 4].Select(lines => string.Join("\n", lines))).Select(Encoding.UTF8.GetString)),
        (1, Gen.Select(Gen.Int[0, 60], s_json.Value, (depth, inner) => new string('[', depth) + inner + new string(']', depth))),
        (1, FuzzText.Any));

    [Fact]
    public void AnyBody_IsTakenOrRefusedInOneWay() => FuzzRun.Check(output, "Webhook: any body", s_bodies, body =>
    {
        var tasks = new WebhookTasks(new FakeClock());
        foreach (string part in WebhookReader.Split(body))
        {
            try
            {
                foreach (KlingTask task in tasks.Claims(WebhookReader.Read(part)))
                {
                    Assert.NotEqual(Guid.Empty, task.TaskId);
                    Assert.Equal(task.Videos.Count, task.Videos.Select(video => video.VideoId.ToUpperInvariant()).Distinct().Count());
                }
            }
            catch (WebhookException refused)
            {
                Assert.StartsWith("Body: ", refused.Message, StringComparison.Ordinal);
                Assert.Contains("allowed", refused.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, refused.Message, StringComparison.Ordinal);
            }
        }
    });
}
