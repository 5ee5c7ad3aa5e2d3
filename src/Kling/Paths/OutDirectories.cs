using System.Management.Automation;
using Kling.Errors;

namespace Kling.Paths;

/// <summary>Resolves and makes the folder for saved videos before anything is spent.</summary>
internal static class OutDirectories
{
    internal static string Prepare(PSCmdlet cmdlet, string given)
    {
        try
        {
            string path = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(given);
            Directory.CreateDirectory(path);
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            cmdlet.ThrowTerminatingError(ErrorCatalog.ToRecord(new InputException(ErrorCatalog.DirectoryUnusable,
                $"OutDirectory: '{given}' was given; allowed: a folder that exists or can be made. {failure.Message}"), given));
            throw;
        }
    }
}
