using System.Runtime.Loader;

/// <summary>
/// Runs inside a FuncQueue process before its Main, because DOTNET_STARTUP_HOOKS names this assembly: so the app under test is the one
/// that users run, and no code for faults is in it. The runtime wants this name, and no namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        var folder = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!;
        // What this assembly needs and the app does not lies beside it.
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            var path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        };
        FuncQueue.Chaos.Inside.Intrusion.Begin();
    }
}
