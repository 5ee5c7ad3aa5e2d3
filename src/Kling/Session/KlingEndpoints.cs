using Kling.Client;
using Kling.Errors;

namespace Kling.Session;

/// <summary>Chooses the API address: parameter, then environment, then the public one.</summary>
internal static class KlingEndpoints
{
    internal static Uri Resolve(string? given)
    {
        string? text = given ?? Environment.GetEnvironmentVariable(KlingEndpoint.EnvironmentVariable);
        try
        {
            return KlingEndpoint.Parse(string.IsNullOrWhiteSpace(text) ? KlingEndpoint.DefaultAddress : text!);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidEndpoint, invalid.Message);
        }
    }
}
