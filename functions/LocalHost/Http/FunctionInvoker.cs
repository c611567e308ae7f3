using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.LocalHost.Http;

/// <summary>Turns a function's method into one delegate, compiled once: no reflection while requests are served.</summary>
internal static class FunctionInvoker
{
    private static readonly MethodInfo RouteValueMethod = typeof(FunctionInvoker).GetMethod(
        nameof(RouteValue),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    /// <summary>What the function returns: a result, awaited if it is a task.</summary>
    public static Func<HttpContext, Task<object?>> Compile(MethodInfo method)
    {
        var context = Expression.Parameter(typeof(HttpContext));
        var arguments = method.GetParameters().Select(parameter => Argument(parameter, context));
        Expression call;
        if (method.IsStatic)
        {
            call = Expression.Call(method, arguments);
        }
        else
        {
            var factory = ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
            Expression<Func<HttpContext, object>> create = http => factory(http.RequestServices, null);
            call = Expression.Call(Expression.Convert(Expression.Invoke(create, context), method.DeclaringType!), method, arguments);
        }

        if (method.ReturnType == typeof(Task<IResult>))
        {
            var asynchronous = Expression.Lambda<Func<HttpContext, Task<IResult>>>(call, context).Compile();
            return async http => await asynchronous(http);
        }

        if (method.ReturnType == typeof(IResult))
        {
            var synchronous = Expression.Lambda<Func<HttpContext, IResult>>(call, context).Compile();
            return http => Task.FromResult<object?>(synchronous(http));
        }

        throw new NotSupportedException(
            $"Function {method.Name} returns {method.ReturnType}; LocalHost runs functions that return IResult or Task<IResult>."
        );
    }

    private static Expression Argument(ParameterInfo parameter, ParameterExpression context)
    {
        if (parameter.ParameterType == typeof(HttpRequest))
            return Expression.Property(context, nameof(HttpContext.Request));
        if (parameter.ParameterType == typeof(CancellationToken))
            return Expression.Property(context, nameof(HttpContext.RequestAborted));
        if (parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(int) || parameter.ParameterType == typeof(Guid))
            return Expression.Convert(
                Expression.Call(
                    RouteValueMethod,
                    context,
                    Expression.Constant(parameter.Name),
                    Expression.Constant(parameter.ParameterType)
                ),
                parameter.ParameterType
            );
        throw new NotSupportedException($"LocalHost cannot bind the parameter {parameter.Name} of type {parameter.ParameterType}.");
    }

    private static object? RouteValue(HttpContext context, string name, Type type)
    {
        var text = context.Request.RouteValues[name] as string;
        if (type == typeof(int))
            return int.Parse(text!, CultureInfo.InvariantCulture);
        return type == typeof(Guid) ? Guid.Parse(text!) : text;
    }
}
