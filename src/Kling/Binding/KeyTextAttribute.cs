using System.Management.Automation;
using System.Security;

namespace Kling.Binding;

/// <summary>Accepts a key as plain text too, which PowerShell's own binder refuses.</summary>
internal sealed class KeyTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not string text || text.Length == 0)
        {
            return value is SecureString ? value : null;
        }

        engineIntrinsics?.Host.UI.WriteWarningLine("The key was given as plain text and may be kept in the shell's history. Prefer Connect-Kling -ApiKey (Read-Host -AsSecureString).");
        return new System.Net.NetworkCredential("", text).SecurePassword;
    }
}
