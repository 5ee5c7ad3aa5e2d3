using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;

namespace Kling.Cmdlets.Tests.Static;

/// <summary>
/// The main rules of PSScriptAnalyzer that can be read from the syntax tree, under that program's own names. This is not
/// PSScriptAnalyzer: it cannot be installed here, and what it says beyond these rules is not known.
/// </summary>
internal static class ScriptRules
{
    // Functions that a state-changing verb names get -WhatIf from that analyzer's advice; these are tests' own helpers and stand-ins, so that rule is left out.
    private static readonly HashSet<string> s_verbs = new(
        new[] { typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic), typeof(VerbsLifecycle), typeof(VerbsOther), typeof(VerbsSecurity) }
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!), StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_automatic = new(
        ["args", "Error", "ExecutionContext", "false", "true", "HOME", "Host", "input", "Matches", "MyInvocation", "PID", "PSBoundParameters", "PSCmdlet", "PSItem", "_", "PSScriptRoot", "PSVersionTable", "PWD", "ShellId", "this"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_aliases = new(
        ["%", "?", "cat", "cd", "cls", "copy", "cp", "cpi", "del", "dir", "echo", "fl", "foreach", "ft", "gc", "gci", "gcm", "gi", "gm", "group", "gv", "iex", "ii", "ipmo", "irm", "iwr",
            "kill", "ls", "measure", "mi", "move", "mv", "ni", "ogv", "oh", "popd", "ps", "pushd", "pwd", "ren", "ri", "rm", "rmdir", "sal", "sc", "select", "set", "sl", "sleep", "sls", "sort", "sv", "tee", "type", "where", "write"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What a script breaks, each with its line.</summary>
    /// <param name="text">The script.</param>
    /// <param name="whole">Whether it is a whole script, so that a variable nobody reads is one too many.</param>
    internal static IEnumerable<string> Violations(string text, bool whole = true)
    {
        ScriptBlockAst tree = ScriptSources.Parse(text).Tree;
        IEnumerable<(Ast Where, string Rule)> found = Commands(tree).Concat(Functions(tree)).Concat(Expressions(tree)).Concat(whole ? Unread(tree) : []);
        return found.Select(one => $"line {one.Where.Extent.StartLineNumber}: {one.Rule}: {one.Where.Extent.Text.Split('\n')[0]}")
            .Concat(text.Split('\n').Select((line, index) => (line, index)).Where(one => one.line.TrimEnd('\r').EndsWith(' ')).Select(one => $"line {one.index + 1}: AvoidTrailingWhitespace"));
    }

    private static IEnumerable<T> All<T>(Ast tree)
        where T : Ast => tree.FindAll(node => node is T, searchNestedScriptBlocks: true).Cast<T>();

    // A script's own functions are called as its author likes; the rule is about commands whose parameters a reader must look up.
    private static IEnumerable<(Ast Where, string Rule)> Commands(Ast tree)
    {
        var own = new HashSet<string>(All<FunctionDefinitionAst>(tree).Select(function => function.Name), StringComparer.OrdinalIgnoreCase);
        foreach (CommandAst command in All<CommandAst>(tree))
        {
            string name = command.GetCommandName() ?? "";
            if (s_aliases.Contains(name))
            {
                yield return (command, "AvoidUsingCmdletAliases");
            }

            if (name.Equals("Write-Host", StringComparison.OrdinalIgnoreCase))
            {
                yield return (command, "AvoidUsingWriteHost");
            }

            if (name.Equals("Invoke-Expression", StringComparison.OrdinalIgnoreCase))
            {
                yield return (command, "AvoidUsingInvokeExpression");
            }

            if (name.Equals("ConvertTo-SecureString", StringComparison.OrdinalIgnoreCase) && command.Extent.Text.Contains("-AsPlainText", StringComparison.OrdinalIgnoreCase))
            {
                yield return (command, "AvoidUsingConvertToSecureStringWithPlainText");
            }

            if (name.Contains('-', StringComparison.Ordinal) && !own.Contains(name) && Positional(command) > 2)
            {
                yield return (command, "AvoidUsingPositionalParameters");
            }
        }
    }

    private static int Positional(CommandAst command)
    {
        int count = 0;
        for (int i = 1; i < command.CommandElements.Count; i++)
        {
            // What follows a parameter may be its value; a switch followed by a positional one is given the benefit of the doubt.
            if (command.CommandElements[i] is not CommandParameterAst && command.CommandElements[i - 1] is not CommandParameterAst { Argument: null })
            {
                count++;
            }
        }

        return count;
    }

    private static IEnumerable<(Ast Where, string Rule)> Functions(Ast tree)
    {
        foreach (FunctionDefinitionAst function in All<FunctionDefinitionAst>(tree).Where(function => function.Name.Contains('-', StringComparison.Ordinal)))
        {
            // A stand-in has the name of PowerShell's own command, whose verb is no approved one.
            if (!s_verbs.Contains(function.Name.Split('-')[0]) && function.Name != "Sort-Object")
            {
                yield return (function, "UseApprovedVerbs");
            }
        }

        foreach (ParameterAst parameter in All<ParameterAst>(tree))
        {
            string name = parameter.Name.VariablePath.UserPath;
            if ((name.Contains("Password", StringComparison.OrdinalIgnoreCase) || name.Contains("ApiKey", StringComparison.OrdinalIgnoreCase)) && parameter.StaticType == typeof(string))
            {
                yield return (parameter, "AvoidUsingPlainTextForPassword");
            }

            if (parameter.StaticType == typeof(SwitchParameter) && parameter.DefaultValue?.Extent.Text.Equals("$true", StringComparison.OrdinalIgnoreCase) == true)
            {
                yield return (parameter, "AvoidDefaultValueSwitchParameter");
            }
        }
    }

    private static IEnumerable<(Ast Where, string Rule)> Expressions(Ast tree)
    {
        foreach (BinaryExpressionAst comparison in All<BinaryExpressionAst>(tree).Where(one => one.Right.Extent.Text.Equals("$null", StringComparison.OrdinalIgnoreCase)
            && one.Operator is TokenKind.Ieq or TokenKind.Ine or TokenKind.Ceq or TokenKind.Cne))
        {
            yield return (comparison, "PossibleIncorrectComparisonWithNull");
        }

        foreach (CatchClauseAst clause in All<CatchClauseAst>(tree).Where(clause => clause.Body.Statements.Count == 0))
        {
            yield return (clause, "AvoidUsingEmptyCatchBlock");
        }

        foreach (AssignmentStatementAst assignment in All<AssignmentStatementAst>(tree))
        {
            if (assignment.Left is VariableExpressionAst variable && s_automatic.Contains(variable.VariablePath.UserPath))
            {
                yield return (assignment, "AvoidAssignmentToAutomaticVariable");
            }
        }
    }

    private static IEnumerable<(Ast Where, string Rule)> Unread(Ast tree)
    {
        VariableExpressionAst[] uses = [.. All<VariableExpressionAst>(tree)];
        HashSet<Ast> written = [.. All<AssignmentStatementAst>(tree).Where(one => one.Operator == TokenKind.Equals).Select(one => one.Left is ConvertExpressionAst typed ? typed.Child : one.Left)];
        var read = new HashSet<string>(uses.Where(use => !written.Contains(use)).Select(use => Name(use)), StringComparer.OrdinalIgnoreCase);
        return from use in uses
               where written.Contains(use) && !use.VariablePath.IsScript && !use.VariablePath.IsGlobal && use.VariablePath.IsVariable
               let name = Name(use)
               where !read.Contains(name) && name != "null" && !name.EndsWith("Preference", StringComparison.OrdinalIgnoreCase)
               select ((Ast)use, "UseDeclaredVarsMoreThanAssignments");
    }

    // What a module's functions read as $script:name is the $name of its own script.
    private static string Name(VariableExpressionAst variable) => variable.VariablePath.UserPath.Split(':')[^1];
}
