using System.Security.Cryptography;
using Kling.Hosting;

namespace Kling.Faults.Tests.Secrets;

/// <summary>Secrets made of chance, so that any 8 characters of one that are found anywhere were leaked.</summary>
internal sealed class Canary
{
    private const int Piece = 8;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private readonly List<(string What, string Secret)> _secrets = [];

    internal Canary()
    {
        Key = Secret("key", 24);
        Webhook = $"https://hooks.example/done?token={Secret("webhook query", 24)}";
        Upload = $"https://files.example/put?signature={Secret("upload query", 24)}";
        ImageUrl = $"https://images.example/shot.png?signature={Secret("image query", 24)}";
        DataUri = "data:image/png;base64," + Picture("data URI");
        Base64 = Picture("base64 text");
    }

    internal string Key { get; }

    internal string Webhook { get; }

    internal string Upload { get; }

    internal string ImageUrl { get; }

    internal string DataUri { get; }

    internal string Base64 { get; }

    /// <summary>What of the secrets a text shows; empty for nothing.</summary>
    internal IEnumerable<string> FindIn(string text)
    {
        foreach ((string what, string secret) in _secrets)
        {
            for (int start = 0; start + Piece <= secret.Length; start++)
            {
                int at = text.IndexOf(secret.Substring(start, Piece), StringComparison.OrdinalIgnoreCase);
                if (at >= 0)
                {
                    int from = Math.Max(0, at - 150);
                    yield return $"{what}: …{text[from..Math.Min(text.Length, at + 60)]}…";
                    break;
                }
            }
        }
    }

    private string Secret(string what, int length)
    {
        string secret = RandomNumberGenerator.GetString(Letters, length);
        _secrets.Add((what, secret));
        return secret;
    }

    /// <summary>A picture as base64 with chance behind its end, which readers of pictures ignore.</summary>
    private string Picture(string what)
    {
        byte[] sample = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "examples", "images", "dawn.png"));
        string text = Convert.ToBase64String([.. sample, .. RandomNumberGenerator.GetBytes(96)]);
        _secrets.Add((what, text[^100..].TrimEnd('=')));
        return text;
    }
}
