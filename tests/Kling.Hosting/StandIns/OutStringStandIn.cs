using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Kling.Hosting.StandIns;

/// <summary>Stand-in for Out-String: one text, or with -Stream one per line. Colours are left out, as they are when output is redirected.</summary>
[Cmdlet(VerbsData.Out, "String")]
public sealed class OutStringStandIn : FrontEndCommandBase
{
    private readonly StringWriter _writer = new();

    /// <summary>Writes each line as a string of its own.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>Columns of a line; 120 when left out.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        EngineInternals.UseWriter(this, _writer, Width);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        string text = EngineHost.StripAnsi(_writer.ToString());
        if (!Stream)
        {
            WriteObject(text);
            return;
        }

        string[] lines = text.Split(Environment.NewLine);
        WriteObject(lines[^1].Length == 0 ? lines[..^1] : lines, enumerateCollection: true);
    }
}
