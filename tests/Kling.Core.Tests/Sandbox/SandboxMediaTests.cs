using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

/// <summary>Uploaded images: served while small, and with <see cref="SandboxOptions.StrictMedia"/> the only ones a task may name.</summary>
public class SandboxMediaTests
{
    private const string Stranger = "aac49721-1964-481a-ae78-8a4e29b91402";

    [Theory]
    [InlineData("imageUpload", "image", "imageURL")]
    [InlineData("mediaStorage", "media", "mediaURL")]
    public void Upload_IsServedAtItsAddress(string type, string field, string address)
    {
        var bench = new SandboxBench();
        string path = Path(Upload(bench, type, field, SandboxBench.Png), address);
        SandboxReply reply = bench.Get(path);
        Assert.Equal((200, "image/png"), (reply.Status, reply.Headers["Content-Type"]));
        Assert.Equal(Convert.FromBase64String(SandboxBench.Png), reply.Body);
        SandboxReply head = bench.Engine.Handle(new SandboxRequest { Method = "HEAD", Path = path });
        Assert.Equal((200, reply.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)), (head.Status, head.Headers["Content-Length"]));
        Assert.Empty(head.Body);
        Assert.Equal(405, bench.Engine.Handle(new SandboxRequest { Method = "PUT", Path = path }).Status);
    }

    [Theory]
    [InlineData("/9j/", "image/jpeg")]
    [InlineData("R0lGODlh", "image/gif")]
    [InlineData("Qk0AAA==", "image/bmp")]
    [InlineData("UklGRgAAAABXRUJQ", "image/webp")]
    public void Upload_IsServedWithItsType(string base64, string type)
    {
        var bench = new SandboxBench();
        Assert.Equal(type, bench.Get(Path(Upload(bench, "imageUpload", "image", base64), "imageURL")).Headers["Content-Type"]);
    }

    [Fact]
    public void Upload_OfALargeImage_IsKnownButNotServed()
    {
        var bench = new SandboxBench();
        Assert.Equal(200, bench.Get(Path(Upload(bench, "imageUpload", "image", Large(MediaStore.LargestKept)), "imageURL")).Status);
        JsonElement large = Upload(bench, "imageUpload", "image", Large(MediaStore.LargestKept + 1));
        Assert.Equal(404, bench.Get(Path(large, "imageURL")).Status);
        bench.Accept(task => Use(task, large.GetProperty("imageUUID").GetString()!));
    }

    [Fact]
    public void Uploads_BeyondTheMemoryForThem_AreNotServed_UntilOneIsDeleted()
    {
        var bench = new SandboxBench();
        int most = MediaStore.MostKept / MediaStore.LargestKept;
        JsonElement first = Upload(bench, "imageUpload", "image", Large(MediaStore.LargestKept, 1));
        for (int mark = 2; mark <= most; mark++)
        {
            Assert.Equal(200, bench.Get(Path(Upload(bench, "imageUpload", "image", Large(MediaStore.LargestKept, mark)), "imageURL")).Status);
        }

        Assert.Equal(404, bench.Get(Path(Upload(bench, "imageUpload", "image", SandboxBench.Png), "imageURL")).Status);
        bench.Send(Utility("mediaStorage", ("operation", "delete"), ("media", first.GetProperty("imageUUID").GetString()!)));
        Assert.Equal(404, bench.Get(Path(first, "imageURL")).Status);
        Assert.Equal(200, bench.Get(Path(Upload(bench, "imageUpload", "image", SandboxBench.Png), "imageURL")).Status);
    }

    [Theory]
    [InlineData("/image/")]
    [InlineData("/image/x")]
    [InlineData("/image/" + Stranger)]
    public void UnknownImage_Is404(string path) => Assert.Equal(404, new SandboxBench().Get(path).Status);

    [Fact]
    public void UnknownMedia_MayBeUsed_UnlessStrict()
    {
        var lax = new SandboxBench();
        lax.Accept(task => Use(task, Stranger));

        var strict = new SandboxBench(strictMedia: true);
        JsonObject unknown = SandboxBench.Task(Guid.NewGuid());
        Use(unknown, Stranger);
        SandboxReply reply = strict.Send(unknown);
        Assert.Equal((400, 0), (reply.Status, strict.Engine.TaskCount));
        Assert.Equal("inputs.frameImages", Assert.Single(SandboxBench.Errors(reply)).GetProperty("parameter").GetString());
    }

    [Fact]
    public void StrictMedia_KnowsUploads_AddressesAndTheImagesOfRequests()
    {
        var bench = new SandboxBench(strictMedia: true);
        string uploaded = Upload(bench, "imageUpload", "image", "https://example.org/a.jpg").GetProperty("imageUUID").GetString()!;
        bench.Accept(task => Use(task, uploaded));
        bench.Accept(task => Use(task, "https://example.org/b.jpg"));
        Guid inline = bench.Accept();
        JsonElement stored = SandboxBench.Json(bench.Send(SandboxBench.Details(inline))).GetProperty("data")[0].GetProperty("request")[0];
        string archived = stored.GetProperty("inputs").GetProperty("frameImages")[0].GetString()!;
        bench.Accept(task => Use(task, archived));
        Assert.Equal(4, bench.Engine.TaskCount);
    }

    private static void Use(JsonObject task, string image) => task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(image) };

    private static string Large(int bytes, int mark = 0)
    {
        byte[] image = new byte[bytes];
        Convert.FromBase64String(SandboxBench.Png).CopyTo(image, 0);
        image[^1] = (byte)mark;
        return Convert.ToBase64String(image);
    }

    private static string Path(JsonElement upload, string address) => new Uri(upload.GetProperty(address).GetString()!).AbsolutePath;

    private static JsonElement Upload(SandboxBench bench, string type, string field, string image) => SandboxBench.Json(bench.Send(
        type == "mediaStorage" ? Utility(type, ("operation", "upload"), (field, image)) : Utility(type, (field, image)))).GetProperty("data")[0];

    private static JsonObject Utility(string type, params (string Name, string Value)[] fields)
    {
        var task = new JsonObject { ["taskType"] = type, ["taskUUID"] = Guid.NewGuid().ToString() };
        foreach ((string name, string value) in fields)
        {
            task[name] = value;
        }

        return task;
    }
}
