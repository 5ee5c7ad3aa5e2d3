using System.Text;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

/// <summary>The wire samples of the protocol note, with real ids in place of its letters.</summary>
internal static class Samples
{
    public static readonly Guid Task = Guid.Parse("4923cad8-a610-4604-9846-08e843a33e8d");
    public static readonly Guid Other = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    public const string Acknowledgement = """{"data":[{"taskType":"videoInference","taskUUID":"T"}]}""";
    public const string Empty = """{"data":[]}""";
    public const string Processing = """{"data":[{"taskType":"videoInference","taskUUID":"T","status":"processing"}]}""";
    public const string Progress = """{"data":[{"taskType":"videoInference","taskUUID":"T","status":"processing","progress":40}]}""";
    public const string Generic = """{"data":[{"taskType":"getResponse","taskUUID":"T","status":"processing"}]}""";
    public const string Success = """
        {"data":[
         {"taskType":"videoInference","taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://vm.runware.ai/video/os/a/ws/5/vi/V1.mp4","seed":451885574,"cost":0.1848},
         {"taskType":"videoInference","taskUUID":"T","status":"success","videoUUID":"V2","videoURL":"https://vm.runware.ai/video/os/a/ws/5/vi/V2.mp4","seed":380669567,"cost":0.1848}]}
        """;

    public const string NoStatus = """{"data":[{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4","seed":451885574,"cost":0.1848}]}""";
    public const string Partial = """
        {"data":[
         {"taskType":"videoInference","taskUUID":"T","status":"processing"},
         {"taskType":"videoInference","taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://im.runware.ai/video/ws/0.5/vi/V1.mp4","cost":0.18}],
         "errors":[{"code":"timeoutProvider","status":"error","message":"late","documentation":"https://runware.ai/docs/en/x","taskUUID":"T"}]}
        """;

    public const string NestedError = """{"data":[{"taskUUID":"T","videoUUID":"V2","status":"error","error":{"code":"inferenceError","message":"broken"}}]}""";
    public const string FlatError = """{"data":[{"taskType":"videoInference","taskUUID":"T","status":"error","code":"providerError","message":"down"}]}""";
    public const string TextError = """{"data":[{"taskType":"videoInference","taskUUID":"T","status":"error","error":"it broke"}]}""";
    public const string BadKey = """{"errors":[{"code":"invalidApiKey","message":"Invalid API key. Get one at https://my.runware.ai/signup","parameter":"apiKey","type":"string","taskType":"authentication"}]}""";
    public const string BadParameter = """{"errors":[{"code":"unsupportedDuration","message":"no","parameter":"duration","type":"float","allowedValues":[5,10],"documentation":"https://runware.ai/docs/","taskType":"videoInference","taskUUID":"T"}]}""";
    public const string Conflict = """{"data":[],"errors":[{"code":"conflictTaskUUID","message":"in use","taskUUID":"T"}]}""";
    public const string ThirdPartyCredit = """{"errors":[{"code":"thirdPartyInsufficientCredits","message":"pay","taskType":"videoInference","taskUUID":"T"}]}""";
    public const string Credit = """{"errors":[{"code":"insufficientCredits","message":"pay","taskUUID":"T"}]}""";
    public const string Overloaded = """{"errors":[{"code":"serviceOverloaded","message":"busy","retryAfter":60,"taskUUID":"T"}]}""";
    public const string BadImage = """{"errors":[{"code":"invalidValueUploadFailed","message":"Processing parameter 'inputs.frameImages' failed.","parameter":"inputs.frameImages","taskUUID":"T"}]}""";
    public const string LegacyError = """{"error":{"code":"taskNotFound","message":"gone"},"taskUUID":"T","taskType":"videoInference"}""";
    public const string Upload = """{"data":{"taskType":"imageUpload","taskUUID":"T","imageUUID":"I"}}""";
    public const string Storage = """{"data":[{"taskType":"mediaStorage","taskUUID":"T","operation":"upload","mediaUUID":"M","mediaURL":"https://im.runware.ai/asset.png"}]}""";
    public const string Account = """{"data":[{"taskType":"accountManagement","taskUUID":"T","operation":"getDetails","organizationName":"Acme","balance":2450.75,"usage":{"today":{"credits":35.80,"requests":1850}}}]}""";
    public const string Ping = """{"data":[{"taskType":"ping","pong":true}]}""";
    public const string FlatWebhook = """{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}""";
    public const string Archive = """
        {"data":[{"taskType":"getTaskDetails","taskUUID":"T",
         "request":[{"taskType":"authentication","apiKey":"never-shown-0123456789"},
          {"taskType":"videoInference","taskUUID":"T","model":"klingai:5@1","positivePrompt":"a slow dolly","width":1280,"height":720,"duration":5,"CFGScale":0.62,
           "numberResults":2,"outputFormat":"WEBM","outputQuality":90,"safety":{"checkContent":true,"mode":"full"},"ttl":600,"includeCost":true,
           "inputs":{"frameImages":[{"image":"https://x.example/a.jpg?token=verysecret","frame":"first"}]}}],
         "response":{"data":[{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4","cost":0.1848}],
          "errors":[{"code":"providerError","message":"one failed","taskUUID":"T"}]}}]}
        """;

    public static IReadOnlyList<string> All =>
    [
        Acknowledgement, Empty, Processing, Progress, Generic, Success, NoStatus, Partial, NestedError, FlatError, TextError, BadKey,
        BadParameter, Conflict, ThirdPartyCredit, Credit, Overloaded, BadImage, LegacyError, Upload, Storage, Account, Ping, FlatWebhook, Archive,
    ];

    public static string WithIds(string sample) => sample.Replace("\"T\"", $"\"{Task}\"");

    /// <summary>The reply of a sample that is an envelope.</summary>
    public static ApiReply Reply(string sample, int status = 200)
    {
        ApiReply? reply = TryRead(sample, status);
        Assert.NotNull(reply);
        return reply;
    }

    public static ApiReply? TryRead(string sample, int status = 200) => EnvelopeReader.Read(Encoding.UTF8.GetBytes(WithIds(sample)), status);
}
