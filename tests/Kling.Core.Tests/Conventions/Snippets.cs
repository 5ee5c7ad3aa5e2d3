using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>Finds the module's cmdlets and their parameters in PowerShell text, and names those that do not exist.</summary>
internal static partial class Snippets
{
    private static readonly string[] s_common = ["Verbose", "Debug", "ErrorAction", "WarningAction", "ErrorVariable", "OutVariable", "ProgressAction"];

    internal static IEnumerable<string> Unknown(string code, IReadOnlyList<CmdletSource> cmdlets)
    {
        var outer = new Stack<string?>();
        string? command = null;
        foreach (Match token in Token().Matches(code))
        {
            switch (token.Value[0])
            {
                case '(' or '{':
                    outer.Push(command);
                    command = null;
                    break;
                case ')' or '}':
                    outer.TryPop(out command);
                    break;
                case '|' or ';' or '\n':
                    command = null;
                    break;
                case '-' when command is not null && command.Contains("-Kling", StringComparison.Ordinal):
                    if (cmdlets.FirstOrDefault(known => known.Name == command) is CmdletSource cmdlet
                        && !cmdlet.Parameters.Any(p => p.Name == token.Value[1..]) && !s_common.Contains(token.Value[1..]))
                    {
                        yield return $"{command} {token.Value}";
                    }

                    break;
                case '-' or '\'' or '"' or '#':
                    break;
                default:
                    // An argument may look like a command: Get-Help New-KlingVideo -Full.
                    command ??= token.Value;
                    if (token.Value.Contains("-Kling", StringComparison.Ordinal) && !cmdlets.Any(known => known.Name == token.Value))
                    {
                        yield return token.Value;
                    }

                    break;
            }
        }
    }

    [GeneratedRegex(@"'[^']*'|""[^""]*""|#[^\n]*|[(){}|;\n]|(?<=\s)-[A-Za-z]\w*|\b[A-Z][a-z]+-[A-Z]\w+")]
    private static partial Regex Token();
}
