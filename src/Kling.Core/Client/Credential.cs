using System.Net;
using System.Security;

namespace Kling.Client;

/// <summary>The service's key. Only the header of a request to the service contains it.</summary>
public sealed class Credential
{
    /// <summary>Creates the credential.</summary>
    /// <param name="key">The key; printable ASCII without white space, since it travels in an HTTP header.</param>
    /// <exception cref="ArgumentException">The key is empty or has a character no key has. The message does not show it.</exception>
    public Credential(string key)
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            throw new ArgumentException("The API key is empty.");
        }

        for (int i = 0; i < key.Length; i++)
        {
            if (key[i] is <= ' ' or > '~')
            {
                string kind = char.IsWhiteSpace(key[i]) ? "white space"
                    : key[i] <= '~' || key[i] == '\x7f' ? "a control character"
                    : "a character outside ASCII";
                throw new ArgumentException(FormattableString.Invariant(
                    $"The API key has {kind} at position {i + 1} of {key.Length}. Allowed: letters, digits and punctuation of ASCII. It is probably a copying error."));
            }
        }

        Text = key;
    }

    /// <summary>Creates the credential from a secure text.</summary>
    /// <exception cref="ArgumentException">As for the other constructor.</exception>
    public Credential(SecureString key)
        : this(new NetworkCredential("", key).Password)
    {
    }

    /// <summary>The key itself; only for the request's header.</summary>
    internal string Text { get; }

    /// <summary>A redactor that knows this key.</summary>
    public Redactor CreateRedactor() => new(Text);

    /// <summary>Never the key.</summary>
    public override string ToString() => "***";
}
