using System.Globalization;
using System.Text.Json.Nodes;
using Kling.Requests;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

/// <summary>Every limit of the shared model table holds in the sandbox: at the limit yes, one step beyond no.</summary>
public class SandboxLimitTests
{
    private static readonly ModelSpec s_model = ModelSpec.Kling21Standard;

    public static TheoryData<string, string> AtLimits => Cases(At);

    public static TheoryData<string, string> BeyondLimits => Cases(Beyond);

    public static TheoryData<string> RequiredFields => [.. s_model.Parameters.Where(row => row.Required).Select(row => row.WireName)];

    public static TheoryData<string> PairedFields => [.. s_model.Parameters.Where(row => row.PairedWith is not null).Select(row => row.WireName)];

    [Theory]
    [MemberData(nameof(AtLimits))]
    public void AtALimit_IsAccepted(string field, string json)
    {
        var bench = new SandboxBench();
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        Set(task, field, JsonNode.Parse(json));
        Assert.Empty(SandboxBench.Codes(bench.Send(task)));
        Assert.Equal(1, bench.Engine.TaskCount);
    }

    [Theory]
    [MemberData(nameof(BeyondLimits))]
    public void OneStepBeyondALimit_IsRefusedByName(string field, string json)
    {
        var bench = new SandboxBench();
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        Set(task, field, JsonNode.Parse(json));
        SandboxReply reply = bench.Send(task);
        Assert.Equal((400, 0), (reply.Status, bench.Engine.TaskCount));
        if (field == "taskType")
        {
            // Another task type is another request; it is refused as such.
            Assert.All(SandboxBench.Codes(reply), code => Assert.EndsWith("TaskType", code, StringComparison.Ordinal));
            return;
        }

        Assert.Contains(field, SandboxBench.Errors(reply).Select(error => error.GetProperty("parameter").GetString()));
    }

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void WithoutARequiredField_IsRefused(string field)
    {
        var bench = new SandboxBench();
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        Set(task, field, null);
        SandboxReply reply = bench.Send(task);
        Assert.Equal((400, 0), (reply.Status, bench.Engine.TaskCount));
        Assert.StartsWith("missing", Assert.Single(SandboxBench.Codes(reply)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PairedFields))]
    public void WithoutItsPair_IsRefused(string field)
    {
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task[field] = Number(decimal.Parse(Row(field).AllowedValues[0], CultureInfo.InvariantCulture));
        Assert.StartsWith("missing", Assert.Single(SandboxBench.Codes(new SandboxBench().Send(task))), StringComparison.Ordinal);
    }

    [Fact]
    public void EverySize_IsAccepted_AndEveryOtherPairOfSidesRefused()
    {
        int[] widths = [.. s_model.Sizes.SelectMany(size => new[] { size.Width - 1, size.Width, size.Width + 1 }).Distinct()];
        int[] heights = [.. s_model.Sizes.SelectMany(size => new[] { size.Height - 1, size.Height, size.Height + 1 }).Distinct()];
        var bench = new SandboxBench();
        foreach ((int width, int height) in widths.SelectMany(width => heights.Select(height => (width, height))))
        {
            JsonObject task = SandboxBench.Task(Guid.NewGuid());
            task["width"] = width;
            task["height"] = height;
            bool isKnown = s_model.Sizes.Any(size => size.Width == width && size.Height == height);
            Assert.Equal(isKnown ? [] : ["unsupportedDimensions"], SandboxBench.Codes(bench.Send(task)));
        }

        Assert.Equal(s_model.Sizes.Count, bench.Engine.TaskCount);
    }

    [Fact]
    public void EveryLimitOfTheTable_HasACase()
    {
        string[] tried = [.. s_model.Parameters.Where(row => Beyond(row).Any()).Select(row => row.WireName)];
        Assert.Equal(s_model.Parameters.Select(row => row.WireName), tried);
        Assert.NotEmpty(s_model.Sizes);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(5, 1)]
    [InlineData(10, 4)]
    public void Bill_IsTheTablesPrice(int? duration, int? count)
    {
        var bench = new SandboxBench();
        bench.Accept(task =>
        {
            task["duration"] = duration;
            task["numberResults"] = count;
            foreach (string absent in new[] { "duration", "numberResults" }.Where(name => task[name] is null).ToArray())
            {
                task.Remove(absent);
            }
        });
        bench.Clock.Advance(SandboxBench.Delay + SandboxBench.Delay);
        Assert.Equal(s_model.BilledPerSecond * (duration ?? s_model.DefaultDuration) * (count ?? 1), bench.Engine.TotalBilled);
        Assert.Equal(Pricing.ExpectedBill(new VideoRequest { Duration = duration, NumberResults = count }), bench.Engine.TotalBilled);
    }

    private static IEnumerable<JsonNode> At(ParameterSpec row)
    {
        if (row.PairedWith is not null)
        {
            yield break;
        }

        bool isNumber = IsNumber(row);
        foreach (string value in row.AllowedValues)
        {
            // The frame of an image is a text or the number 0.
            yield return isNumber || value == "0" ? Number(decimal.Parse(value, CultureInfo.InvariantCulture)) : JsonValue.Create(value);
        }

        foreach (decimal limit in new[] { row.Min, row.Max, row.Min + row.Step, row.Max - row.Step }.OfType<decimal>())
        {
            yield return row.Type == ParameterType.Array ? Images((int)limit) : Number(limit);
        }

        if (row.WarnAboveLength is int length)
        {
            yield return JsonValue.Create(new string('a', length));
        }
    }

    private static IEnumerable<JsonNode> Beyond(ParameterSpec row)
    {
        // Of another type than the row's.
        yield return row.Type == ParameterType.Text ? new JsonArray() : JsonValue.Create("text");
        bool isNumber = IsNumber(row);
        decimal step = row.Step ?? 1m;
        decimal[] outside = [.. new[] { row.Min - step, row.Max + step, row.Min + (row.Step / 2) }.OfType<decimal>()];
        foreach (decimal limit in outside)
        {
            yield return row.Type == ParameterType.Array ? Images((int)limit) : Number(limit);
        }

        foreach (string value in row.PairedWith is null ? row.AllowedValues : [])
        {
            if (isNumber)
            {
                yield return Number(decimal.Parse(value, CultureInfo.InvariantCulture) + 1);
                yield return Number(decimal.Parse(value, CultureInfo.InvariantCulture) - 1);
            }
            else
            {
                yield return JsonValue.Create(value + "x");
            }
        }

        if (row.Type == ParameterType.Integer && row.PairedWith is null)
        {
            yield return Number((row.Min ?? 0) + 0.5m);
        }

        if (row.Format is not null)
        {
            yield return JsonValue.Create(row.Format == ParameterSpec.UuidFormat ? Guid.Empty.ToString() : "ftp://example.org/a");
        }

        if (row.WarnAboveLength is int length)
        {
            yield return JsonValue.Create(new string('a', length + 1));
        }
    }

    private static bool IsNumber(ParameterSpec row) => row.Type is ParameterType.Integer or ParameterType.Number;

    private static JsonNode Number(decimal value) => JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))!;

    private static JsonArray Images(int count) => [.. Enumerable.Range(0, count).Select(_ => (JsonNode)JsonValue.Create(SandboxBench.Png))];

    private static ParameterSpec Row(string wireName) => s_model.Parameters.Single(row => row.WireName == wireName);

    private static TheoryData<string, string> Cases(Func<ParameterSpec, IEnumerable<JsonNode>> values)
    {
        var cases = new TheoryData<string, string>();
        foreach (ParameterSpec row in s_model.Parameters)
        {
            foreach (string json in values(row).Select(value => value.ToJsonString()).Distinct())
            {
                cases.Add(row.WireName, json);
            }
        }

        return cases;
    }

    /// <summary>Sets or removes the field at a path; the parts of an image are those of the first one.</summary>
    private static void Set(JsonObject task, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonObject parent = task;
        foreach (string part in parts[..^1])
        {
            if (part == "frameImages")
            {
                var image = new JsonObject { ["image"] = SandboxBench.Png };
                parent[part] = new JsonArray(image);
                parent = image;
                continue;
            }

            parent[part] ??= new JsonObject();
            parent = parent[part]!.AsObject();
        }

        if (value is null)
        {
            parent.Remove(parts[^1]);
        }
        else
        {
            parent[parts[^1]] = value;
        }
    }
}
