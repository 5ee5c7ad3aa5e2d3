using Kling.Models;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

public class AccountReaderTests
{
    private const string Usage = """
        "usage":{"total":{"credits":412.5,"requests":9000000000},"today":{"credits":35.80,"requests":1850},
        "last7Days":{"credits":"80.25","requests":"2000"},"last30Days":{"credits":100,"requests":3000}}
        """;

    private const string People = """
        "team":[{"name":"Jo Doe","email":"jo@secret.example","roles":["admin"]}],
        "apiKeys":[{"name":"ci","apiKey":"rw_secretprefix****","enabled":true,"requests":77}]
        """;

    [Theory]
    [InlineData("\"balance\":2450.75", 2450.75, null, null)]
    [InlineData("\"balance\":\"2450.75\"", 2450.75, null, null)]
    [InlineData("\"balance\":-0.5", -0.5, null, null)]
    [InlineData("\"balance\":2450.75,\"freeBalance\":10,\"currency\":\"USD\"", 2450.75, 10.0, "USD")]
    [InlineData("\"balance\":{\"amount\":12.5,\"freeBalance\":2.25,\"currency\":\"USD\"}", 12.5, 2.25, "USD")]
    [InlineData("\"balance\":{\"amount\":\"12.5\",\"currency\":\"EUR\"}", 12.5, null, "EUR")]
    [InlineData("\"balance\":{}", null, null, null)]
    [InlineData("\"balance\":null", null, null, null)]
    public void BothShapesOfBalance_AreRead(string balance, double? amount, double? free, string? currency)
    {
        KlingAccount account = Read($$"""{"data":[{"taskType":"accountManagement","taskUUID":"T","organizationName":"Acme",{{People}},{{balance}},{{Usage}}}]}""")!;
        Assert.Equal((decimal?)amount, account.Balance);
        Assert.Equal((decimal?)free, account.FreeBalance);
        Assert.Equal(currency, account.Currency);
        Assert.Equal("Acme", account.OrganizationName);
        Assert.Equal((35.80m, 1850L), (account.CreditsToday, account.RequestsToday));
        Assert.Equal((80.25m, 2000L), (account.CreditsLast7Days, account.RequestsLast7Days));
        Assert.Equal((100m, 3000L), (account.CreditsLast30Days, account.RequestsLast30Days));
        Assert.Equal((412.5m, 9_000_000_000L), (account.CreditsTotal, account.RequestsTotal));
    }

    [Theory]
    [InlineData("""{"data":{"taskType":"accountManagement","taskUUID":"T","balance":1}}""")]
    [InlineData("""{"data":[{"balance":1,"usage":{}}]}""")]
    [InlineData("""{"data":[{"taskType":"accountManagement","balance":1,"usage":{"today":7,"total":[]},"organizationName":["x"]}]}""")]
    public void OddShapes_AreReadAsFarAsTheyGo(string body)
    {
        KlingAccount account = Read(body)!;
        Assert.Equal(1m, account.Balance);
        Assert.Null(account.CreditsToday);
        Assert.Null(account.OrganizationName);
    }

    [Theory]
    [InlineData(Samples.Success)]
    [InlineData(Samples.Ping)]
    [InlineData("""{"data":[{"taskType":"accountManagement","taskUUID":"T"}]}""")]
    [InlineData("""{"errors":[{"code":"forbidden","message":"no","taskType":"accountManagement"}]}""")]
    public void WhatTellsNoAccount_IsNone(string body) => Assert.Null(Read(body));

    [Theory]
    [InlineData("jo@secret.example", "***")]
    [InlineData("jo@secret.example's organization", "*** organization")]
    [InlineData("Team <jo@secret.example>", "Team <***>")]
    [InlineData("Acme & Söhne", "Acme & Söhne")]
    public void MailAddress_InTheName_IsMasked(string name, string shown)
    {
        string? read = Read($$"""{"data":[{"taskType":"accountManagement","taskUUID":"T","balance":1,"organizationName":"{{name}}"}]}""")!.OrganizationName;
        Assert.DoesNotContain("secret", read!, StringComparison.Ordinal);
        Assert.Equal(shown, read!.Replace("***'s", "***", StringComparison.Ordinal));
    }

    [Fact]
    public void PeopleAndKeys_AreInNoProperty()
    {
        ApiReply parsed = Samples.Reply($$"""{"data":[{"taskType":"accountManagement","taskUUID":"T",{{People}},"balance":1,{{Usage}}}]}""");
        string everything = System.Text.Json.JsonSerializer.Serialize(parsed.Account) + System.Text.Json.JsonSerializer.Serialize(parsed.Items);
        Assert.Contains("35.8", everything, StringComparison.Ordinal);
        foreach (string secret in new[] { "jo@", "Jo Doe", "secretprefix", "77" })
        {
            Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"data":[{"taskType":"mediaStorage","taskUUID":"T","operation":"upload","mediaUUID":"0f8fad5b-d9cb-469f-a165-70867728950e","mediaURL":"https://im.runware.ai/a.png"}]}""", "https://im.runware.ai/a.png")]
    [InlineData("""{"data":{"taskType":"imageUpload","taskUUID":"T","imageUUID":"0f8fad5b-d9cb-469f-a165-70867728950e"}}""", null)]
    public void Uploads_NameTheirImage(string body, string? url)
    {
        ResultItem item = Assert.Single(Samples.Reply(body).Items);
        Assert.Equal(Samples.Other, item.MediaId);
        Assert.Equal(url, item.MediaUrl);
        Assert.Null(item.Video);
    }

    private static KlingAccount? Read(string body) => Samples.TryRead(body)?.Account;
}
