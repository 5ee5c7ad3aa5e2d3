using System.Text;
using System.Text.Json;
using Kling.Core.Tests.Images;
using Kling.Images;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class UploadJsonTests : TempFolder
{
    private static readonly Guid s_id = Guid.Parse("4923cad8-a610-4604-9846-08e843a33e8d");

    [Theory]
    [InlineData(UploadKind.MediaStorage, """[{"taskType":"mediaStorage","taskUUID":"4923cad8-a610-4604-9846-08e843a33e8d","operation":"upload","media":"https://x.example/a.png?t=1&u=ä"}]""")]
    [InlineData(UploadKind.ImageUpload, """[{"taskType":"imageUpload","taskUUID":"4923cad8-a610-4604-9846-08e843a33e8d","image":"https://x.example/a.png?t=1&u=ä"}]""")]
    public void Wire_IsTheDocumentedOne(UploadKind kind, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(UploadJson.Write(kind, s_id, new RequestImage(ImageKind.Url, "https://x.example/a.png?t=1&u=ä"))));

    [Theory]
    [InlineData(UploadKind.MediaStorage, "media")]
    [InlineData(UploadKind.ImageUpload, "image")]
    public async Task File_IsStreamedAsADataUriOfItsBytes(UploadKind kind, string member)
    {
        foreach (int extra in new[] { 0, 1, 2, ImageBody.PieceBytes })
        {
            byte[] bytes = Pictures.Png(extra: extra);
            RequestBody body = ImageBody.ForUpload(ImageFile.Load(Write("a.png", bytes)), kind, s_id);
            var sent = new MemoryStream();
            await body.WriteAsync(sent, CancellationToken.None);
            Assert.Equal(body.Length, sent.Length);
            using JsonDocument json = JsonDocument.Parse(sent.ToArray());
            string text = json.RootElement[0].GetProperty(member).GetString()!;
            Assert.StartsWith("data:image/png;base64,", text, StringComparison.Ordinal);
            Assert.Equal(bytes, Convert.FromBase64String(text.Split(',')[1]));
        }
    }

    [Fact]
    public async Task ChangedFile_NeverCompletesTheUpload()
    {
        RequestBody body = ImageBody.ForUpload(ImageFile.Load(Write("a.png", Pictures.Png(extra: 9))), UploadKind.MediaStorage, s_id);
        Write("a.png", Pictures.Png(width: 641, extra: 9));
        await Assert.ThrowsAsync<BodyChangedException>(() => body.WriteAsync(new MemoryStream(), CancellationToken.None));
    }

    [Fact]
    public void Base64_GetsItsMediaType()
    {
        RequestImage image = InlineImage.Load(ImageKind.Base64, Convert.ToBase64String(Pictures.Gif(3, 4)));
        Assert.Contains("\"data:image/gif;base64," + image.Value, Encoding.UTF8.GetString(UploadJson.Write(UploadKind.MediaStorage, s_id, image)), StringComparison.Ordinal);
    }

    [Fact]
    public void Account_IsAskedForItsDetails() => Assert.Equal(
        """[{"taskType":"accountManagement","taskUUID":"4923cad8-a610-4604-9846-08e843a33e8d","operation":"getDetails"}]""",
        Encoding.UTF8.GetString(RequestJson.WriteAccountDetails(s_id)));

    [Fact]
    public void UuidAndUnstreamedFile_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => UploadJson.Write(UploadKind.MediaStorage, s_id, new RequestImage(ImageKind.Uuid, s_id.ToString())));
        Assert.Throws<ArgumentException>(() => UploadJson.Write(UploadKind.MediaStorage, s_id, new RequestImage(ImageKind.File, "a.png")));
    }
}
