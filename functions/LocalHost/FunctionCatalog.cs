using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace FuncQueue.LocalHost;

/// <summary>A function: its name, its method, and the parameter that triggers it.</summary>
internal sealed record FunctionMethod<TTrigger>(string Name, MethodInfo Method, TTrigger Trigger);

/// <summary>The functions of an app in the order in which the Functions host takes them: by name, case ignored.</summary>
internal sealed record FunctionCatalog(
    IReadOnlyList<FunctionMethod<HttpTriggerAttribute>> Http,
    IReadOnlyList<FunctionMethod<TimerTriggerAttribute>> Timers
)
{
    /// <summary>The functions that the provider lists, with the triggers that their attributes declare.</summary>
    public static FunctionCatalog Of(IFunctionMetadataProvider provider, Assembly assembly)
    {
        var listed = provider
            .GetFunctionMetadataAsync(AppContext.BaseDirectory)
            .GetAwaiter()
            .GetResult()
            .Select(function => (Name: function.Name!, Method: MethodOf(assembly, function.EntryPoint!)))
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        return new FunctionCatalog(Triggered<HttpTriggerAttribute>(), Triggered<TimerTriggerAttribute>());

        List<FunctionMethod<TTrigger>> Triggered<TTrigger>()
            where TTrigger : Attribute =>
            [
                .. from function in listed
                from parameter in function.Method.GetParameters()
                let trigger = parameter.GetCustomAttribute<TTrigger>()
                where trigger is not null
                select new FunctionMethod<TTrigger>(function.Name, function.Method, trigger),
            ];
    }

    /// <summary>The method of an entry point, <c>Namespace.Class.Method</c>.</summary>
    private static MethodInfo MethodOf(Assembly assembly, string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        return assembly.GetType(entryPoint[..dot], throwOnError: true)!.GetMethod(entryPoint[(dot + 1)..])
            ?? throw new InvalidOperationException($"There is no method {entryPoint}.");
    }
}
