using Kling.Client;
using Kling.Errors;

namespace Kling.Session;

/// <summary>Makes a credential, with an error that never shows the key.</summary>
internal static class KlingKeys
{
    internal static Credential FromText(string key)
    {
        try
        {
            return new Credential(key);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidKey, invalid.Message);
        }
    }

    internal static Credential FromSecure(System.Security.SecureString key) =>
        FromText(new System.Net.NetworkCredential("", key).Password);
}
