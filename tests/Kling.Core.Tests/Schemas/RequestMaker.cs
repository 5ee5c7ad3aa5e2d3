using System.Text.Json.Nodes;

namespace Kling.Core.Tests.Schemas;

/// <summary>Random requests of one model: most begin as valid ones of some mode, and many then get a few changes.</summary>
/// <param name="random">The source of chance.</param>
/// <param name="model">The model whose modes are used.</param>
internal sealed class RequestMaker(Random random, string model)
{
    private const string Id = "4923cad8-a610-4604-9846-08e843a33e8d";

    // Texts about which our formats and the library's are of one mind; SchemaAgreementTests lists the others.
    private static readonly string[] s_texts =
    [
        Id, Id.ToUpperInvariant(), Id[1..], "https://host.example/a.jpg", "http://[::1]:8080/a?b=c%20d#e", "data:image/png;base64,aGk=", "aGk=", "https://", "https://host/a b", "https://host/{a}",
        "", "a", "ab", "slow dolly in", "\ud83c\udfac", "\ud83c\udfac\ud83c\udfa5", "ö", "first", "last", "0", "image", "video", "MP4", "WEBM", "mov", "URL", "async", "sync", "none", "fast", "full", "videoInference",
        "klingai:5@1", "klingai:kling-video@2.6-pro", new string('x', 2500), new string('x', 2501), new string('y', 2498) + "\ud83c\udfac\ud83c\udfac", new string('y', 2499) + "\ud83c\udfac\ud83c\udfac",
    ];

    private static readonly string[] s_numbers =
    [
        "0", "0.0", "-0.0", "-1", "1", "1.0", "2", "4", "5", "5.0", "5e0", "6", "10", "10.00", "1e1", "0.5", "0.61", "0.615", "0.999", "1.01", "19", "20", "20.5", "95", "99", "100", "59", "60", "3600",
        "720", "1280", "1920", "1080", "1440", "1081", "4294967296", "12345678901234567890", "1e20", "-3.25",
    ];

    private static readonly string[] s_names =
    [
        "model", "inputs", "positivePrompt", "negativePrompt", "width", "height", "duration", "CFGScale", "providerSettings", "klingai", "sound", "keepOriginalSound", "characterOrientation", "taskType",
        "taskUUID", "webhookURL", "includeCost", "numberResults", "uploadEndpoint", "ttl", "outputType", "outputFormat", "outputQuality", "deliveryMethod", "safety", "checkContent", "mode", "frameImages",
        "referenceImages", "referenceVideos", "image", "frame", "Width", "seed", "",
    ];

    internal JsonNode? Make()
    {
        JsonObject request = MakeValid();
        int changes = random.Next(10) switch { < 4 => 0, < 7 => 1, < 9 => 2, _ => 5 };
        JsonNode? result = request;
        for (int i = 0; i < changes; i++)
        {
            result = Change(result);
        }

        return result;
    }

    private JsonObject MakeValid()
    {
        bool isPro = model == PublishedSchemas.Pro;
        var request = new JsonObject { ["taskType"] = "videoInference", ["taskUUID"] = Id, ["model"] = isPro ? "klingai:kling-video@2.6-pro" : "klingai:5@1" };
        int mode = isPro ? random.Next(4) : 1;
        var klingai = new JsonObject();
        if (isPro || random.Next(2) == 0)
        {
            request["positivePrompt"] = Pick(["slow dolly in", "ab", "\ud83c\udfac\ud83c\udfac", new string('x', 2500)]);
        }

        if (mode == 0 || (!isPro && random.Next(2) == 0))
        {
            (request["width"], request["height"]) = random.Next(3) switch
            {
                0 => isPro ? (1920, 1080) : (1280, 720),
                1 => isPro ? (1440, 1440) : (720, 720),
                _ => isPro ? (1080, 1920) : (720, 1280),
            };
        }

        if (mode is 1 or 2)
        {
            request["inputs"] = new JsonObject { ["frameImages"] = mode == 1 ? new JsonArray(Frame(isLast: false)) : new JsonArray(Frame(isLast: false), Frame(isLast: true)) };
        }

        if (mode == 3)
        {
            request["inputs"] = new JsonObject { ["referenceImages"] = new JsonArray(MakeImage()), ["referenceVideos"] = new JsonArray("https://host.example/v.mp4") };
            klingai["characterOrientation"] = Pick(["image", "video"]);
            Sometimes(() => klingai["keepOriginalSound"] = true);
        }
        else
        {
            Sometimes(() => request["duration"] = JsonNode.Parse(Pick(["5", "10", "5.0", "1e1"])));
        }

        if (isPro && mode < 2)
        {
            Sometimes(() => klingai["sound"] = random.Next(2) == 0);
        }

        if (klingai.Count > 0)
        {
            request["providerSettings"] = new JsonObject { ["klingai"] = klingai };
        }

        AddOptions(request, isPro);
        return request;
    }

    private void AddOptions(JsonObject request, bool isPro)
    {
        Sometimes(() => request["CFGScale"] = JsonNode.Parse(Pick(["0", "1", "0.5", "0.61", "1.0", "0.290"])));
        Sometimes(() => request["numberResults"] = random.Next(1, 5));
        Sometimes(() => request["outputFormat"] = Pick(["MP4", "WEBM", "MOV"]));
        Sometimes(() => request["outputQuality"] = random.Next(20, 100));
        Sometimes(() => request["outputType"] = "URL");
        Sometimes(() => request["deliveryMethod"] = "async");
        Sometimes(() => request["includeCost"] = true);
        Sometimes(() => request["ttl"] = random.Next(60, 100_000));
        Sometimes(() => request["webhookURL"] = "https://host.example/hook?t=1");
        Sometimes(() => request["uploadEndpoint"] = "https://host.example/put");
        Sometimes(() => request["safety"] = new JsonObject { ["checkContent"] = true, ["mode"] = Pick(isPro ? ["fast", "full"] : ["none", "fast", "full"]) });
        if (isPro)
        {
            Sometimes(() => request["negativePrompt"] = "blur");
        }
    }

    private JsonNode Frame(bool isLast)
    {
        if (random.Next(3) == 0)
        {
            return MakeImage();
        }

        var frame = new JsonObject { ["image"] = MakeImage() };
        Sometimes(() => frame["frame"] = (isLast, random.Next(2)) switch { (false, 0) => "first", (false, _) => 0, (true, 0) => "last", _ => -1 });
        return frame;
    }

    private JsonNode MakeImage() => Pick([Id, "https://host.example/a.jpg", "data:image/png;base64,aGk=", "aGk="]);

    /// <summary>Changes one place of the tree: its value, its being there, or what it holds.</summary>
    private JsonNode? Change(JsonNode? root)
    {
        List<JsonNode> places = [.. Containers(root)];
        if (places.Count == 0)
        {
            return Any(2);
        }

        switch (places[random.Next(places.Count)])
        {
            case JsonObject members:
                string? name = members.Count > 0 && random.Next(3) > 0 ? members.ElementAt(random.Next(members.Count)).Key : null;
                if (name is not null && random.Next(2) == 0)
                {
                    members.Remove(name);
                }
                else
                {
                    members[name ?? Pick(s_names)] = Any(2);
                }

                break;
            case JsonArray items:
                if (items.Count > 0 && random.Next(2) == 0)
                {
                    items.RemoveAt(random.Next(items.Count));
                }
                else
                {
                    items.Insert(random.Next(items.Count + 1), random.Next(2) == 0 ? Frame(random.Next(2) == 0) : Any(2));
                }

                break;
        }

        return random.Next(200) == 0 ? Any(1) : root;
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject members => [node, .. members.SelectMany(member => Containers(member.Value))],
        JsonArray items => [node, .. items.SelectMany(Containers)],
        _ => [],
    };

    private JsonNode? Any(int depth) => random.Next(depth > 0 ? 10 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        < 5 => JsonNode.Parse(Pick(s_numbers)),
        < 8 => Pick(s_texts),
        8 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(_ => Pick(s_names)).Distinct().Select(name => KeyValuePair.Create(name, Any(depth - 1)))),
    };

    private void Sometimes(Action change)
    {
        if (random.Next(3) == 0)
        {
            change();
        }
    }

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
