using System.Management.Automation;
using System.Text;

namespace Kling.Hosting;

/// <summary>All that a person, a script or a file can show of what scripts did: the haystack that secrets are looked for in.</summary>
internal static class ShownText
{
    /// <summary>The streams, the errors with their causes and targets, the output in every form, the screen, and the files of a folder with their names.</summary>
    /// <exception cref="InvalidOperationException">An object could not be shown, so that nothing could be said about it.</exception>
    internal static string Of(EngineHost engine, string folder, params EngineResult[] results)
    {
        var text = new StringBuilder();
        var objects = new List<PSObject>();
        foreach (EngineResult result in results)
        {
            objects.AddRange(result.Output);
            foreach (ErrorRecord error in result.AllErrors)
            {
                Show(text, objects, error);
            }

            text.AppendJoin('\n', StreamsOf(result)).AppendLine();
        }

        // All that a person can see of an object, members of its members included. Below that, an exception tells of .NET's own methods.
        EngineResult shown = engine.Run("""
            foreach ($one in $input) {
                $one | Format-List -Property * -Force | Out-String
                $one | Out-String
                ConvertTo-Json -InputObject $one -Depth ($one -is [Exception] ? 2 : 4) -WarningAction SilentlyContinue
            }
            """, objects);
        if (shown.Output.Count < 3 * objects.Count)
        {
            throw new InvalidOperationException($"{shown.Output.Count} texts of {objects.Count} objects", shown.Failure);
        }

        text.AppendJoin('\n', shown.OutputOf<string>()).AppendLine();
        text.AppendLine(engine.Capture.UI.Text);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            text.AppendLine(file).AppendLine(Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        }

        return text.ToString();
    }

    /// <summary>The texts of the streams that are neither output nor errors.</summary>
    internal static IEnumerable<string> StreamsOf(EngineResult result) =>
    [
        .. result.Progress.Select(progress => $"progress: {progress.Activity} {progress.StatusDescription} {progress.CurrentOperation}"),
        .. result.Warnings, .. result.Verbose, .. result.Debug, .. result.Information.Select(record => record.ToString()),
    ];

    private static void Show(StringBuilder text, List<PSObject> objects, ErrorRecord error)
    {
        text.AppendLine($"error: {error} {error.FullyQualifiedErrorId} {error.CategoryInfo} {error.ErrorDetails?.Message} {error.ErrorDetails?.RecommendedAction}");
        text.AppendLine(error.ScriptStackTrace).AppendLine(error.InvocationInfo?.PositionMessage);
        for (Exception? cause = error.Exception; cause is not null; cause = cause.InnerException)
        {
            text.AppendLine(cause.ToString());
            objects.Add(new PSObject(cause));
        }

        if (error.TargetObject is { } target)
        {
            text.AppendLine($"target: {target}");
            objects.Add(PSObject.AsPSObject(target));
        }
    }
}
