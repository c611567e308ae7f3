using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Makes function apps. Stands in for the class of the isolated worker.</summary>
public static class FunctionsApplication
{
    /// <summary>A builder for the functions of the program's own assembly.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(args, Assembly.GetEntryAssembly()!);

    internal static FunctionsApplicationBuilder CreateBuilder(string[] args, Assembly functions) => new(args, functions);
}
