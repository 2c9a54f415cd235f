package io.github.mamba4j.engine.chat;

import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.PropertyNotWritableException;

/**
 * All that an expression of a template can reach: elements of lists and maps, the loop variable, filters, tests, and
 * {@link PythonMethods}. The library's own resolver would call any method of any Java object.
 */
final class JinjaResolver extends ELResolver {
    private final JinjavaListELResolver lists = new JinjavaListELResolver(true);
    private final int maxLength;

    JinjaResolver(int maxLength) {
        this.maxLength = maxLength;
    }

    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        context.setPropertyResolved(true);
        return switch (base) {
            case null -> null;
            case Map<?, ?> map -> map.get(property);
            case List<?> list -> lists.getValue(context, list, property);
            case ForLoop loop -> loopProperty(loop, String.valueOf(property));
            default -> null;
        };
    }

    private static Object loopProperty(ForLoop loop, String name) {
        return switch (name) {
            case "index" -> loop.getIndex();
            case "index0" -> loop.getIndex0();
            case "revindex" -> loop.getRevindex();
            case "revindex0" -> loop.getRevindex0();
            case "first" -> loop.isFirst();
            case "last" -> loop.isLast();
            case "length" -> loop.getLength();
            case "depth" -> loop.getDepth();
            case "depth0" -> loop.getDepth0();
            default -> throw new ChatTemplateException("loop." + name + " is not offered to chat templates");
        };
    }

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] params) {
        context.setPropertyResolved(true);
        String name = String.valueOf(method);
        return switch (base) {
            case Filter filter -> filter(filter, params);
            case ExpTest test -> {
                var interpreter = (JinjavaInterpreter) params[1];
                Object[] args = Arrays.copyOfRange(params, 2, params.length);
                yield name.equals("evaluateNegated")
                        ? test.evaluateNegated(params[0], interpreter, args)
                        : test.evaluate(params[0], interpreter, args);
            }
            case String text -> PythonMethods.call(text, name, params, maxLength);
            case Map<?, ?> map -> PythonMethods.call(map, name, params);
            case null, default -> throw new ChatTemplateException(
                    "a chat template calls " + name + " of something that is neither a text nor a dictionary");
        };
    }

    /** The library passes the value, the interpreter, the arguments and the named arguments. */
    private static Object filter(Filter filter, Object[] params) {
        @SuppressWarnings("unchecked")
        var named = (Map<String, Object>) params[3];
        return filter.filter(params[0], (JinjavaInterpreter) params[1], (Object[]) params[2], named);
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        context.setPropertyResolved(true);
        return Objects.requireNonNullElse(getValue(context, base, property), "").getClass();
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        throw new PropertyNotWritableException();
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        context.setPropertyResolved(true);
        return true;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }
}
