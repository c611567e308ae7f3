using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace FuncQueue.App.Tests.Hosting;

/// <summary>A class's functions, listed as the generated provider lists an app's.</summary>
internal sealed class Listed(Type functions) : IFunctionMetadataProvider
{
    public Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) =>
        Task.FromResult(
            ImmutableArray.CreateRange(
                from method in functions.GetMethods()
                let function = method.GetCustomAttribute<FunctionAttribute>()
                where function is not null
                select (IFunctionMetadata)
                    new DefaultFunctionMetadata
                    {
                        Name = function.Name,
                        EntryPoint = $"{functions.FullName}.{method.Name}",
                        ScriptFile = "",
                        Language = "dotnet-isolated",
                        RawBindings = [],
                    }
            )
        );
}
