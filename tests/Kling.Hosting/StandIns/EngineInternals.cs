using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Kling.Hosting.StandIns;

/// <summary>The engine's parts that only its own commands may name, reached by reflection.</summary>
internal static class EngineInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Format = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>The exception by which a command ends the commands before it.</summary>
    internal static Exception StopUpstream(Cmdlet by) =>
        (Exception)Make("System.Management.Automation.StopUpstreamCommandsException", by);

    /// <summary>Gives a formatting command its implementation.</summary>
    internal static void UseShape(FrontEndCommandBase command, string shape) => Implement(command, Make(Format + "InnerFormatShapeCommand",
        Enum.Parse(Find(Format + "FormatShape"), shape)));

    /// <summary>Gives an output command its implementation, writing to a text writer.</summary>
    internal static void UseWriter(FrontEndCommandBase command, TextWriter writer, int width)
    {
        object manager = Make(Format + "OutputManagerInner");
        manager.GetType().GetProperty("LineOutput", Any)!.SetValue(manager, Make(Format + "TextWriterLineOutput", writer, width));
        Implement(command, manager);
    }

    private static void Implement(FrontEndCommandBase command, object implementation) =>
        typeof(FrontEndCommandBase).GetField("implementation", Any)!.SetValue(command, implementation);

    private static object Make(string type, params object[] arguments) =>
        Activator.CreateInstance(Find(type), Any, null, arguments, null)!;

    private static Type Find(string type) => typeof(PSObject).Assembly.GetType(type, throwOnError: true)!;
}
