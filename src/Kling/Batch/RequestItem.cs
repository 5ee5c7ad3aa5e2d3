using System.Management.Automation;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>One request made from the parameters of one record, checked and ready to price.</summary>
internal sealed class RequestItem(VideoRequest request, ValidationReport report, string name, PSObject? row)
{
    public VideoRequest Request { get; } = request;

    public ValidationReport Report { get; } = report;

    /// <summary>What the user named the image.</summary>
    public string Name { get; } = name;

    /// <summary>The input row, for error targets and its own columns.</summary>
    public PSObject? Row { get; } = row;

    public object Target => Row ?? (object)Name;
}
