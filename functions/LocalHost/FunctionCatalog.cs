using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.LocalHost;

/// <summary>A function: its name, its method, and the parameter that triggers it.</summary>
internal sealed record FunctionMethod<TTrigger>(string Name, MethodInfo Method, TTrigger Trigger);

/// <summary>The functions of an assembly, found by their attributes.</summary>
internal sealed record FunctionCatalog(IReadOnlyList<FunctionMethod<HttpTriggerAttribute>> Http, IReadOnlyList<FunctionMethod<TimerTriggerAttribute>> Timers)
{
    public static FunctionCatalog Of(Assembly assembly)
    {
        var methods = assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.Function is not null)
            .OrderBy(found => found.Function!.Name, StringComparer.Ordinal)
            .ToList();
        var twice = methods.GroupBy(m => m.Function!.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new InvalidOperationException($"Two functions are named {twice.Key}.");
        return new FunctionCatalog(Triggered<HttpTriggerAttribute>(), Triggered<TimerTriggerAttribute>());

        List<FunctionMethod<TTrigger>> Triggered<TTrigger>()
            where TTrigger : Attribute =>
            [.. from found in methods
                from parameter in found.Method.GetParameters()
                let trigger = parameter.GetCustomAttribute<TTrigger>()
                where trigger is not null
                select new FunctionMethod<TTrigger>(found.Function!.Name, found.Method, trigger)];
    }
}
